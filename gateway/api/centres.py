"""Routes of centres, the rooms and desks of the base, and entrustments."""

from __future__ import annotations

from gateway.route import Route

_CENTRE = "/v1/centres/{centre_id}"
_SPACE = "/v1/spaces/{space_id}"
_BOOKING = "/v1/bookings/{booking_id}"
_ENTRUSTMENT = "/v1/entrustments/{entrustment_id}"

ROUTES = (
    Route("GET", "/v1/centres", "registry.list_centres"),
    Route("POST", "/v1/centres", "registry.found_centre", status=201),
    Route("GET", _CENTRE, "registry.get_centre"),
    Route("PATCH", _CENTRE, "registry.change_centre"),
    Route("POST", _CENTRE + "/opening", "registry.open_centre"),
    Route("POST", _CENTRE + "/suspension", "registry.suspend_centre"),
    Route("POST", _CENTRE + "/resumption", "registry.resume_centre"),
    Route("POST", _CENTRE + "/closure", "registry.close_centre"),
    Route("POST", _CENTRE + "/pilot", "registry.name_pilot_centre"),
    Route("GET", _CENTRE + "/days", "registry.get_centre_days"),
    Route("GET", _CENTRE + "/operators", "registry.list_centre_operators"),
    Route("POST", _CENTRE + "/operators", "registry.contract_operator", status=201),
    Route("POST", _CENTRE + "/operators/{operator_id}/end", "registry.end_operator_contract"),
    Route("GET", _CENTRE + "/posts", "registry.list_centre_posts"),
    Route("POST", _CENTRE + "/posts", "registry.fill_centre_post", status=201),
    Route("POST", _CENTRE + "/posts/{post_id}/end", "registry.end_centre_post"),
    Route("GET", _CENTRE + "/spaces", "registry.list_spaces"),
    Route("POST", _CENTRE + "/spaces", "registry.add_space", status=201),
    Route("GET", _CENTRE + "/occupancy", "registry.list_space_occupancy"),
    Route("GET", "/v1/base-occupancy", "registry.get_base_occupancy"),
    Route("GET", _SPACE, "registry.get_space"),
    Route("PATCH", _SPACE, "registry.change_space"),
    Route("GET", _SPACE + "/slots", "registry.list_space_slots"),
    Route("POST", _SPACE + "/bookings", "registry.book_space", status=201),
    Route("GET", "/v1/bookings", "registry.list_bookings"),
    Route("GET", _BOOKING, "registry.get_booking"),
    Route("POST", _BOOKING + "/approval", "registry.approve_booking"),
    Route("POST", _BOOKING + "/refusal", "registry.decline_booking"),
    Route("POST", _BOOKING + "/cancellation", "registry.cancel_booking"),
    Route("POST", _BOOKING + "/check-in", "registry.check_in_booking"),
    Route("GET", "/v1/entrustments", "registry.list_entrustments"),
    Route("POST", "/v1/entrustments", "registry.entrust_hub", status=201),
    Route("GET", _ENTRUSTMENT, "registry.get_entrustment"),
    Route("POST", _ENTRUSTMENT + "/end", "registry.end_entrustment"),
)
