"""What must hold of service orders on a walk, asked of the database; and which refusals are part of the game."""

from __future__ import annotations

REFUSED = {
    *("order_state_conflict", "order_taken", "order_not_offered_to_you", "order_not_yours", "order_capacity_full"),
    *("order_moved_too_often", "order_move_unconfirmed", "order_move_not_waiting", "order_redo_not_asked"),
    *("order_rating_fixed", "order_double_booked", "order_rating_not_yours", "order_not_found"),
}
FINAL = ("sealed", "cancelled")
HELD = "('accepted', 'scheduled', 'checked_in', 'delivered', 'confirmed', 'rated', 'no_show', 'disputed')"
NOT_YET = "('requested', 'verified', 'offered', 'declined', 'expired')"
# What must be empty, whatever happened.
WRONG: dict[str, str] = {
    "two holders": """
        SELECT order_id FROM order_offer WHERE status = 'accepted' GROUP BY 1 HAVING count(*) > 1""",
    "held while it is not": f"""
        SELECT o.id FROM service_order o JOIN order_offer f ON f.order_id = o.id AND f.status = 'accepted'
        WHERE o.status IN {NOT_YET}""",
    "held by another than who accepted": f"""
        SELECT o.id FROM service_order o LEFT JOIN order_offer f ON f.order_id = o.id AND f.status = 'accepted'
        WHERE o.status IN {HELD} AND (f.id IS NULL OR num_nonnulls(o.organisation_id, o.talent_account_id) <> 1
            OR (NOT o.open_claim AND f.organisation_id IS DISTINCT FROM o.organisation_id)
            OR f.account_id IS DISTINCT FROM o.talent_account_id)""",
    "done without its service, or another's": """
        SELECT o.id FROM service_order o WHERE o.delivered_minutes IS NOT NULL AND NOT EXISTS (
            SELECT FROM order_service s WHERE s.order_id = o.id AND s.minutes = o.delivered_minutes
                AND s.organisation_id IS NOT DISTINCT FROM o.organisation_id
                AND s.account_id IS NOT DISTINCT FROM o.talent_account_id
                AND s.stars IS NOT DISTINCT FROM o.stars
                AND s.status = CASE WHEN o.status IN ('delivered', 'disputed') THEN o.status
                    WHEN o.hours_void THEN 'void' ELSE 'counted' END)""",
    "a service nobody will settle": """
        SELECT s.id FROM order_service s JOIN service_order o ON o.id = s.order_id
        WHERE s.status IN ('delivered', 'disputed') AND s.status <> o.status""",
    "offered to nobody, or still asked": """
        SELECT o.id FROM service_order o WHERE (o.status = 'offered') <> EXISTS (
            SELECT FROM order_offer f WHERE f.order_id = o.id AND f.status IN ('offered', 'open'))""",
}
LIVE = """
    SELECT payload->>'order_id', (payload->>'serial')::int, due_at FROM timer
    WHERE name = 'run_order_clock' AND fired_at IS NULL AND cancelled_at IS NULL"""
ORDERS = "SELECT id, requester_account_id, status, clock_serial, due_at, escalated FROM service_order"
SEEN = """
    SELECT o.id, o.status, o.requester_account_id,
        array_agg(f.organisation_id) FILTER (WHERE f.organisation_id IS NOT NULL) AS organisations,
        array_agg(f.account_id) FILTER (WHERE f.account_id IS NOT NULL) AS accounts
    FROM service_order o LEFT JOIN order_offer f ON f.order_id = o.id AND f.status IN ('offered', 'accepted')
    GROUP BY o.id"""
AGAIN = """
    UPDATE timer SET fired_at = NULL, cancelled_at = NULL
    WHERE name = 'run_order_clock' AND fired_at IS NOT NULL AND random() < 0.03"""
