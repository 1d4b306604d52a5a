"""Brand pages: who sees which section, consent to photos, and work that projects' events tell of."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.events import TYPES, Envelope, Event, type_of
from chassis.runtime.inprocess import InProcessHost
from contracts.projects.events_awards import ProjectClosed, ProjectStarted
from contracts.projects.events_delivery import (
    OrderConfirmed,
    OrderDelivered,
    OrderRated,
    OrderResolved,
    ProjectAccepted,
    ProjectTerminated,
    ReportSubmitted,
)
from tests import kit
from tests.kit import ZHUHAI
from tests.service.registry.cast import Cast
from tests.service.registry.graded import RUBRIC, graded, rulebook

TODAY = clock.day_of(clock.system_now())
PHOTO = {"sha256": "a" * 64, "size": 10, "media_type": "image/png"}
CONSENT = {"given_on": TODAY.isoformat(), "document": {"sha256": "b" * 64, "size": 9, "media_type": "application/pdf"}}


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def page(cast: Cast, organisation: dict[str, Any], slug: str = "sunset-care", **texts: Any) -> dict[str, Any]:
    """A published page."""
    cso = cast.cso(organisation)
    asked = {"tagline_zh": "牵手夕阳", "story_zh": "十年如一日，陪伴老人。", **texts}
    made = cso("registry.draft_brand", organisation_id=organisation["organisation_id"], slug=slug, **asked)
    with pytest.raises(ForbiddenError):
        cso("registry.publish_brand", brand_id=made["brand_id"])
    return cast.street("registry.publish_brand", brand_id=made["brand_id"])  # type: ignore[no-any-return]


def test_a_page_is_public_only_while_it_is_published(cast: Cast) -> None:
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    about = {"organisation_id": organisation["organisation_id"]}
    made = cso("registry.draft_brand", **about)
    path = {"brand_id": made["brand_id"]}
    assert made["slug"].startswith("o-")
    with pytest.raises(ConflictError, match="brand_exists"):
        cso("registry.draft_brand", **about)
    with pytest.raises(ConflictError, match="brand_story_missing"):
        cast.street("registry.publish_brand", **path)
    with pytest.raises(NotFoundError):
        cast.public("registry.get_public_brand", slug=made["slug"])
    with pytest.raises(InvalidError, match="brand_text_personal"):
        cso("registry.change_brand", **path, story_zh="电话 13812345678")
    cso("registry.change_brand", **path, story_zh="我们的故事", slug="our-story")
    cast.street("registry.publish_brand", **path)
    assert cast.public("registry.get_public_brand", slug="our-story")["story_zh"] == "我们的故事"
    assert [row["slug"] for row in cast.public("registry.list_public_brands", field="elder_care")["items"]] == [
        "our-story"
    ]
    assert cast.public("registry.list_public_brands", field="youth")["items"] == []
    with pytest.raises(ConflictError, match="brand_slug_taken"):
        page(cast, cast.organisation("另一家（演示）"), slug="our-story")
    with pytest.raises(NotFoundError):  # a street's gateway shows its own street
        cast.public.at(kit.CHANGJIANG)("registry.get_public_brand", slug="our-story")
    cast.street("registry.hide_brand", **path, reason="内容核实中")
    with pytest.raises(NotFoundError):
        cast.public("registry.get_public_brand", slug="our-story")
    with pytest.raises(ConflictError, match="brand_state_conflict"):
        cast.street("registry.hide_brand", **path, reason="再次")
    cast.street("registry.publish_brand", **path)
    cast.bureau("registry.change_organisation", **about, status="closed", reason="注销")
    with pytest.raises(NotFoundError):
        cast.public("registry.get_public_brand", slug="our-story")


def test_each_section_is_shown_to_whom_its_visibility_says(cast: Cast) -> None:
    organisation = cast.organisation()
    about = {"organisation_id": organisation["organisation_id"]}
    grade = graded(cast, organisation, rulebook(cast, **RUBRIC), {"governance": 40, "service": 60})
    cast.bureau("registry.found_party_organisation", **about, kind="branch", founded_on="2024-07-01", member_count=3)
    for kind in ("district_brand", "red_flag_party"):
        one = cast.street(
            "registry.propose_designation", **about, kind=kind, title=kind, reason="很好", valid_from=TODAY.isoformat()
        )
        cast.bureau("registry.grant_designation", designation_id=one["designation_id"], reason="同意")
    made = page(cast, organisation)
    path = {"brand_id": made["brand_id"]}
    cast.street("registry.add_brand_honour", **path, title="先进集体", awarded_by="市民政局", awarded_on="2025-05-04")
    seen = cast.public("registry.get_public_brand", slug="sunset-care")
    assert seen["grade"] == {
        "grade": "star_5", "graded_on": grade["graded_on"], "valid_until": grade["valid_until"]
    }  # fmt: skip
    assert {row["title"] for row in seen["honours"]} == {"先进集体", "district_brand"}
    assert seen["party"] is None  # only for people who signed in, as a new page has it
    signed = cast.bureau("registry.get_public_brand", slug="sunset-care")
    assert signed["party"] == {"kind_zh": "党支部", "kind_en": "Party branch"}
    cast.street("registry.change_brand", **path, visibility={"party": "public", "honours": "hidden", "grade": "hidden"})
    seen = cast.public("registry.get_public_brand", slug="sunset-care")
    assert (seen["honours"], seen["grade"]) == (None, None)
    assert seen["party"] is not None
    cast.street("registry.change_brand", **path, visibility={"honours": "public"})
    titles = {row["title"] for row in cast.public("registry.get_public_brand", slug="sunset-care")["honours"]}
    assert titles == {"先进集体", "district_brand", "red_flag_party"}
    honour = cast.street("registry.get_brand", **path)["honours"][0]["honour_id"]
    cast.street("registry.remove_brand_honour", **path, honour_id=honour, reason="重复登记")
    with pytest.raises(NotFoundError, match="brand_honour_not_found"):
        cast.street("registry.remove_brand_honour", **path, honour_id=honour, reason="重复登记")
    titles = {row["title"] for row in cast.public("registry.get_public_brand", slug="sunset-care")["honours"]}
    assert "先进集体" not in titles


def test_a_photo_is_shown_only_with_consent_and_goes_with_it(cast: Cast) -> None:
    organisation = cast.organisation()
    made = page(cast, organisation)
    path = {"brand_id": made["brand_id"]}
    photo = {**path, "file": PHOTO, "caption_zh": "包饺子", "people": 4}
    with pytest.raises(InvalidError, match="brand_consent_missing"):
        cast.street("registry.add_brand_photo", **photo)
    with pytest.raises(InvalidError, match="brand_consent_missing"):
        cast.street("registry.add_brand_photo", **photo, minors=True, consent=CONSENT)
    until = (TODAY + timedelta(days=10)).isoformat()
    cast.street("registry.add_brand_photo", **photo, consent={**CONSENT, "until": until})
    cast.street("registry.add_brand_photo", **{**photo, "people": 0, "caption_zh": "院子"})
    shown = cast.public("registry.get_public_brand", slug="sunset-care")["photos"]
    assert [row["caption_zh"] for row in shown] == ["包饺子", "院子"]
    people, yard = ({"slug": "sunset-care", "photo_id": row["photo_id"]} for row in shown)
    assert cast.public("registry.get_public_photo", **people) == PHOTO
    cast.wait(11)
    with pytest.raises(NotFoundError):
        cast.public("registry.get_public_photo", **people)
    assert len(cast.public("registry.get_public_brand", slug="sunset-care")["photos"]) == 1
    withdraw = {**path, "photo_id": yard["photo_id"], "reason": "本人要求"}
    kept = cast.cso(organisation)("registry.withdraw_brand_photo", **withdraw)["photos"][1]
    assert (kept["file"], kept["withdrawn_reason"]) == (None, "本人要求")
    with pytest.raises(ConflictError, match="brand_photo_withdrawn"):
        cast.street("registry.withdraw_brand_photo", **withdraw)
    with pytest.raises(NotFoundError):
        cast.public("registry.get_public_photo", **yard)
    with cast.host.executors["registry"].sessions() as session:
        files = session.execute(text("SELECT file FROM brand_photo WHERE withdrawn_at IS NOT NULL")).scalars().all()
    assert "a" * 64 not in json.dumps(files)


def tell(cast: Cast, event: Event, version: int) -> Envelope:
    """An event of projects, as it arrives."""
    kind = type_of(type(event))
    payload = {name: getattr(event, name) for name in event.__struct_fields__}
    return Envelope(
        id=ids.new_id("evt"),
        name=kind.name,
        source="projects",
        subject=payload[kind.subject_field],
        subject_version=version,
        district_code=kit.DISTRICT,
        occurred_at=clock.system_now(),
        payload=payload,
    )


def test_work_that_events_tell_is_the_same_in_every_order_of_arrival(cast: Cast) -> None:
    organisation = cast.organisation()
    mine, made = organisation["organisation_id"], page(cast, organisation)
    assert made["status"] == "published"
    executor = cast.host.executors["registry"]
    seen = []
    for number, order in enumerate(itertools.permutations(range(4))):
        project, ended, orders = ids.new_id("prj"), ids.new_id("prj"), ids.new_id("ord")
        about = {"proposal_id": "p", "round_id": "r", "organisation_id": mine, "title": f"项目 {number}"}
        road = [
            ProjectStarted(project_id=project, **about, street_code=ZHUHAI, fields=["elder_care"]),
            ReportSubmitted(
                project_id=project,
                report_id="r",
                kind="final",
                tranche_number=None,
                beneficiary_count=120,
                evidence=[],
            ),
            ProjectAccepted(project_id=project, organisation_id=mine, grade="A"),
            ProjectClosed(project_id=project, **about, street_code=ZHUHAI),
        ]
        for index in order:
            for _ in range(2):
                executor.handle(tell(cast, road[index], index + 1), event=type_of(type(road[index])).name)
        served: list[Event] = [
            OrderDelivered(order_id=orders, minutes=90, evidence=[], street_codes=[ZHUHAI]),
            OrderConfirmed(
                order_id=orders,
                confirmed_by="resident",
                organisation_id=mine,
                account_id=None,
                requester_account_id="acc",
            ),
            OrderRated(order_id=orders, stars=5, organisation_id=mine),
        ]
        for event in served if number % 2 else served[::-1]:
            executor.handle(tell(cast, event, 1), event=type_of(type(event)).name)
        stopped = ProjectTerminated(project_id=ended, organisation_id=mine, recover_fen=1)
        executor.handle(tell(cast, stopped, 1), event="project_terminated")
        view = cast.public("registry.get_public_brand", slug="sunset-care")
        seen.append(view["projects"][0] | {"title": "", "started_on": view["projects"][0]["started_on"] is not None})
    assert all(row == {"title": "", "status": "closed", "started_on": True, "grade": "A"} for row in seen)
    assert view["hours"] == {"minutes": 24 * 90, "orders": 24, "beneficiaries": 24 * 120}
    assert len(view["projects"]) == 24


def test_minutes_count_only_once_they_are_confirmed(cast: Cast) -> None:
    organisation = cast.organisation()
    page(cast, organisation)
    delivered = OrderDelivered(order_id=ids.new_id("ord"), minutes=90, evidence=[], street_codes=[ZHUHAI])
    cast.host.executors["registry"].handle(tell(cast, delivered, 1), event="order_delivered")
    assert cast.public("registry.get_public_brand", slug="sunset-care")["hours"]["minutes"] == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_dispute_voids_minutes_and_what_is_done_again_counts_for_who_did_it(
    cast: Cast, order: tuple[int, ...]
) -> None:
    """In every order of arrival, each event twice: confirmed, then done again (or void), then somebody else's."""
    first, second = cast.organisation(), cast.organisation("另一家（演示）")
    page(cast, first)
    page(cast, second, slug="other-care")
    executor = cast.host.executors["registry"]
    whose = {"confirmed_by": "resident", "account_id": None, "requester_account_id": "acc"}
    for redo_keeps in (True, False):
        about = {"order_id": ids.new_id("ord"), "street_codes": [ZHUHAI]}
        mine, theirs = (one["organisation_id"] for one in (first, second))
        settled = {"minutes": 80 if redo_keeps else 0, "hours_void": not redo_keeps, "organisation_id": mine}
        road: list[Event] = [
            OrderConfirmed(**about, **whose, organisation_id=mine),
            OrderResolved(**about, **settled, outcome="upheld", redo=True),
            OrderDelivered(**about, minutes=30, evidence=[]),
            OrderConfirmed(**about, **whose, organisation_id=theirs),
        ]
        for index in order:
            for _ in range(2):
                executor.handle(tell(cast, road[index], index + 5), event=type_of(type(road[index])).name)
    shown = [cast.public("registry.get_public_brand", slug=slug)["hours"] for slug in ("sunset-care", "other-care")]
    assert [(one["orders"], one["minutes"]) for one in shown] == [(1, 80), (2, 60)]


def test_a_dispute_that_was_unfounded_counts_without_a_confirmation(cast: Cast) -> None:
    organisation = cast.organisation()
    page(cast, organisation)
    whose = {"organisation_id": organisation["organisation_id"], "street_codes": [ZHUHAI]}
    settled = OrderResolved(order_id=ids.new_id("ord"), outcome="rejected", minutes=45, **whose)
    cast.host.executors["registry"].handle(tell(cast, settled, 7), event="order_resolved")
    hours = cast.public("registry.get_public_brand", slug="sunset-care")["hours"]
    assert (hours["orders"], hours["minutes"]) == (1, 45)


def test_the_public_page_names_nobody(cast: Cast) -> None:
    organisation = cast.organisation(phone="13812345678")
    page(cast, organisation)
    cast.host.settle()
    for who in (cast.public, cast.bureau):
        shown = json.dumps(who("registry.get_public_brand", slug="sunset-care"), ensure_ascii=False)
        for secret in ("张三丰", "13812345678", "acc_", "org_"):
            assert secret not in shown
    told = [kind.name for kind in TYPES.values() if kind.name.startswith("brand_")]
    assert len(told) == 8
