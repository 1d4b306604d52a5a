"""The pilot's road in parts: each chapter is played over HTTP and leaves only true checks."""

from __future__ import annotations

from pathlib import Path

from deploy.pilot import (
    chapter_activity,
    chapter_base,
    chapter_close,
    chapter_community,
    chapter_delivery,
    chapter_growth,
    chapter_lists,
    chapter_orders,
    chapter_people,
    chapter_resources,
    chapter_round,
    chapter_trail,
)
from deploy.pilot.stage import Stage
from tests.flow import activity_day


def _holds(stage: Stage) -> None:
    assert [row for row in stage.checks.rows if not row[3]] == []


def test_people_and_organisations_come_together(stage: Stage) -> None:
    chapter_people.gather_people(stage)
    _holds(stage)


def test_the_base_is_opened_and_a_room_booked(stage: Stage) -> None:
    chapter_base.open_the_base(stage)
    _holds(stage)


def test_three_organisations_are_incubated(stage: Stage) -> None:
    chapter_growth.incubate(stage)
    _holds(stage)


def test_a_round_is_held_and_its_first_tranches_paid(stage: Stage) -> None:
    chapter_round.hold_round(stage)
    _holds(stage)


def test_resources_reach_the_winners(stage: Stage) -> None:
    chapter_resources.match_resources(stage)
    _holds(stage)


def test_twenty_orders_are_delivered(stage: Stage) -> None:
    chapter_orders.service_orders(stage)
    _holds(stage)


def test_a_list_is_filled_and_a_gap_met(stage: Stage) -> None:
    chapter_lists.list_and_grid(stage)
    _holds(stage)


def test_an_activity_and_a_community_project_are_held(stage: Stage) -> None:
    chapter_activity.hold_activity(stage)
    chapter_community.community_life(stage)
    _holds(stage)


def test_an_activity_is_held_with_a_code_that_changes(stage: Stage) -> None:
    activity_day.hold_an_activity(stage)
    _holds(stage)


def test_projects_are_delivered_and_closed(stage: Stage) -> None:
    chapter_delivery.deliver_projects(stage)
    chapter_resources.check_quantities(stage)
    _holds(stage)


def test_receipts_verify_and_tampering_is_named(stage: Stage, tmp_path: Path) -> None:
    chapter_trail.verify_trail(stage, tmp_path)
    _holds(stage)


def test_the_books_balance(stage: Stage) -> None:
    chapter_close.close_books(stage)
    _holds(stage)
