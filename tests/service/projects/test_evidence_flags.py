"""Photos of a running project: read by the job process, shown without metadata, flagged, explained, settled."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from chassis import clock, files, ids, jobs, person
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime import jobrunner
from services.projects.activities.models import Activity
from services.projects.delivery.models import Milestone, Project, Report
from services.projects.evidence import domain, noting, queries
from services.projects.evidence.models import EvidencePhoto, EvidenceTwin
from services.projects.flags import jobs as flag_jobs
from services.projects.flags.models import Flag
from services.projects.orders.models import ServiceOrder
from services.projects.persons.models import PARTS
from tests import kit, pictures
from tests.service.projects.test_delivery import Story

PLACE = pictures.HUANGDAO


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())


class Field(Story):
    """A second organisation with a project of its own, in another street."""

    def __init__(self) -> None:
        super().__init__()
        self.first = (self.project_id, self.organisation_id, self.cso)

    def another(self, street: str = kit.CHANGJIANG) -> str:
        self.organisation_id = ids.new_id("org")
        self.cso = self.caller("cso", street=street, organisation_id=self.organisation_id)
        self.project_id = self.start()
        self.change(Project, self.project_id, street_code=street)
        with self.session() as session:
            for stone in session.scalars(select(Milestone).where(Milestone.project_id == self.project_id)):
                stone.street_code = street
        self.staff = self.caller("street_staff", street=street)
        return self.project_id

    def session(self) -> Any:
        return self.host.executors["projects"].system_session("scenery", kit.DISTRICT)

    def change(self, model: Any, row_id: str, **values: Any) -> None:
        with self.session() as session:
            session.info["scenery"] = True
            row = session.get_one(model, row_id)
            for name, value in values.items():
                setattr(row, name, value)

    def store(self, content: bytes) -> dict[str, Any]:
        return files.write(files.open_store(), content, district=kit.DISTRICT, media_type="image/jpeg")

    def submit(self, content: bytes, number: int = 1) -> dict[str, Any]:
        milestone_id = self.project()["milestones"][number - 1]["milestone_id"]
        about = self.store(content)
        self.do(self.cso, "submit_milestone", milestone_id=milestone_id, summary="已完成", evidence=[about])
        self.host.settle()
        return about

    def evidence(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.do(self.cso, "list_project_evidence")["items"]
        return found

    def flags(self, who: kit.Caller | None = None, **filters: Any) -> dict[str, dict[str, Any]]:
        rows = (who or self.bureau)("projects.list_flags", project_id=self.project_id, **filters)["items"]
        return {row["rule"]: row for row in rows}

    def begin(self, starts_on: date, ends_on: date | None = None) -> None:
        self.change(Project, self.project_id, starts_on=starts_on, ends_on=ends_on)

    def activity(self, starts_at: datetime, *, place: tuple[float, float] = PLACE, status: str = "held") -> str:
        with self.session() as session:
            session.info["scenery"] = True
            row = Activity(
                district_code=kit.DISTRICT,
                street_code=kit.ZHUHAI,
                project_id=self.project_id,
                organisation_id=self.organisation_id,
                title="义诊（演示）",
                kind="service",
                place="社区活动室",
                latitude=place[0],
                longitude=place[1],
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=2),
                walk_ins=True,
                status=status,
                secret="0" * 32,
                created_at=starts_at,
            )
            session.add(row)
            session.flush()
            return str(row.id)

    def delivered_order(self, evidence: list[dict[str, Any]]) -> str:
        """As it was before evidence was read: nobody heard of it."""
        self.resident_id, now = ids.new_id("acc"), clock.system_now()
        with self.session() as session:
            session.info["scenery"] = True
            row = ServiceOrder(
                district_code=kit.DISTRICT,
                street_code=kit.ZHUHAI,
                kind="household",
                title="陪诊（演示）",
                need="",
                status="delivered",
                requester_account_id=self.resident_id,
                requested_by_account_id=self.resident_id,
                on_behalf=False,
                candidates=[],
                organisation_id=self.organisation_id,
                latitude=PLACE[0],
                longitude=PLACE[1],
                starts_at=now - timedelta(hours=2),
                ends_at=now - timedelta(hours=1),
                evidence=evidence,
                created_at=now,
            )
            session.add(row)
            session.flush()
            return str(row.id)


def today() -> date:
    return clock.day_of(clock.system_now())


def test_a_photo_is_read_and_shown_without_its_metadata() -> None:
    field = Field()
    taken = clock.system_now().astimezone(clock.SHANGHAI).strftime("%Y:%m:%d %H:%M:%S")
    about = field.submit(pictures.jpeg(pictures.scene(1), exif=pictures.exif(taken=taken, place=PLACE)))
    (row,) = field.evidence()
    assert row["status"] == "read"
    assert (row["latitude"], row["longitude"]) == PLACE
    assert [use["source"] for use in row["uses"]] == ["milestone"]
    assert row["sha256"] == about["sha256"] != row["shown"]["sha256"]
    shown = files.read(files.open_store(), district=kit.DISTRICT, sha256=row["shown"]["sha256"], limit=10**7)
    assert shown is not None
    assert dict(Image.open(io.BytesIO(shown)).getexif()) == {}
    assert field.bureau("projects.get_evidence", evidence_id=row["evidence_id"]) == row


def test_only_its_organisation_and_staff_see_it_and_everybody_with_consent() -> None:
    field = Field()
    field.submit(pictures.jpeg(pictures.scene(1)))
    evidence_id = field.evidence()[0]["evidence_id"]
    at = {"evidence_id": evidence_id}
    anyone = kit.Caller(field.host)
    stranger = field.caller("cso", organisation_id=ids.new_id("org"))
    neighbour = field.caller("street_staff", street=kit.CHANGJIANG)
    for who in (field.cso, field.staff, field.bureau):
        assert who("projects.get_evidence_image", **at)["media_type"] == "image/jpeg"
    for who in (anyone, stranger, neighbour):
        with pytest.raises(NotFoundError):
            who("projects.get_evidence_image", **at)
    for who in (stranger, neighbour):
        with pytest.raises(NotFoundError):
            who("projects.get_evidence", **at)
        with pytest.raises(NotFoundError):
            who("projects.record_evidence_consent", reference="同意书", **at)
        assert who("projects.list_evidence")["items"] == []
    assert anyone("projects.list_public_evidence")["items"] == []
    given = field.cso("projects.record_evidence_consent", reference="同意书-2026-01", **at)
    assert given["consent"] == "given"
    assert anyone("projects.get_evidence_image", **at)["sha256"] == given["shown"]["sha256"]
    assert [row["evidence_id"] for row in anyone("projects.list_public_evidence")["items"]] == [evidence_id]
    field.staff("projects.withdraw_evidence_consent", **at)
    assert anyone("projects.list_public_evidence")["items"] == []
    with pytest.raises(NotFoundError):
        anyone("projects.get_evidence_image", **at)
    with pytest.raises(ConflictError, match="evidence_consent_conflict"):
        field.staff("projects.withdraw_evidence_consent", **at)


def test_what_was_read_can_be_erased_with_its_copy() -> None:
    field = Field()
    field.submit(pictures.jpeg(pictures.scene(1), exif=pictures.exif(place=PLACE)))
    before = field.evidence()[0]
    at = {"evidence_id": before["evidence_id"]}
    with pytest.raises(ForbiddenError):
        field.cso("projects.erase_evidence", reason="当事人要求", **at)
    after = field.staff("projects.erase_evidence", reason="当事人要求", **at)
    field.host.settle()
    assert after["status"] == "erased"
    gone = ("taken_at", "latitude", "longitude", "perceptual_hash", "shown", "width")
    assert {after[name] for name in gone} == {None}
    sha256 = before["shown"]["sha256"]
    assert files.read(files.open_store(), district=kit.DISTRICT, sha256=sha256, limit=10) is None
    with pytest.raises(NotFoundError):
        field.staff("projects.get_evidence_image", **at)
    with pytest.raises(ConflictError, match="evidence_state_conflict"):
        field.staff("projects.read_evidence_again", **at)


def test_a_photo_that_cannot_be_read_says_why_and_may_be_tried_again() -> None:
    field = Field()
    field.submit(pictures.jpeg(pictures.scene(1))[:500])
    (row,) = field.evidence()
    assert (row["status"], row["problem"]) == ("refused", "photo_unreadable")
    assert row["shown"] is None
    small = field.bureau("projects.change_evidence_policy", photo_bytes=100_000)
    assert small["photo_bytes"] == 100_000
    field.submit(pictures.jpeg(pictures.scene(2, (4000, 3000)), quality=98), number=2)
    refused = [row for row in field.evidence() if row["problem"] == "photo_too_large"]
    assert len(refused) == 1
    field.bureau("projects.change_evidence_policy", photo_bytes=50_000_000)
    field.staff("projects.read_evidence_again", evidence_id=refused[0]["evidence_id"])
    field.host.settle()
    assert field.bureau("projects.get_evidence", evidence_id=refused[0]["evidence_id"])["status"] == "read"


def test_a_reused_photo_is_flagged_where_it_is_used_later_and_names_no_other_street() -> None:
    field = Field()
    content = pictures.jpeg(pictures.scene(1))
    field.submit(content)
    first = field.project_id
    field.another()
    field.submit(content)
    flag = field.flags()["photo_reused"]
    assert (flag["status"], flag["severity"]) == ("open", "serious")
    assert {"kind": "project", "id": first} in flag["named"]
    for who in (field.staff, field.cso):
        shown = field.flags(who)["photo_reused"]
        assert first not in str(shown)
        assert shown["hidden"] == 1
        assert "其他 1 处" in shown["reason_zh"]
    assert field.bureau("projects.list_flags", project_id=first, area="photos")["items"] == []


def test_a_retouched_photo_is_flagged_and_another_is_not() -> None:
    field = Field()
    picture = pictures.scene(7)
    field.submit(pictures.jpeg(picture))
    field.another(kit.ZHUHAI)
    field.submit(pictures.jpeg(pictures.scene(8)))
    assert "photo_similar" not in field.flags()
    field.submit(pictures.retouched(picture), number=2)
    assert field.flags()["photo_similar"]["facts"]["nearest"] <= 6
    assert "photo_reused" not in field.flags()


def test_a_flag_goes_its_way_and_comes_again_only_with_other_facts() -> None:
    field = Field()
    field.begin(today() - timedelta(days=10))
    taken = (clock.system_now() - timedelta(days=100)).strftime("%Y:%m:%d %H:%M:%S")
    field.submit(pictures.jpeg(pictures.scene(1), exif=pictures.exif(taken=taken)))
    flag = field.flags(field.cso)["photo_before"]
    at = {"flag_id": flag["flag_id"]}
    with pytest.raises(ConflictError, match="flag_unheard"):
        field.staff("projects.uphold_flag", note="确有问题", **at)
    with pytest.raises(ConflictError, match="flag_state_conflict"):
        field.staff("projects.close_flag", **at)
    stranger = field.caller("cso", organisation_id=ids.new_id("org"))
    with pytest.raises(NotFoundError):
        stranger("projects.explain_flag", explanation="不是我们", **at)
    explained = field.cso("projects.explain_flag", explanation="手机时间不准", **at)
    assert (explained["status"], explained["explanation"]) == ("explained", "手机时间不准")
    assert field.staff("projects.accept_flag", note="情况属实", **at)["status"] == "accepted"
    closed = field.staff("projects.close_flag", **at)
    again = field.do(field.staff, "review_project_flags")
    assert again["raised"] == 0
    assert again["found"] == 2  # the other milestone is late besides
    assert field.flags()["photo_before"]["version"] == closed["version"]
    field.begin(today() - timedelta(days=5))
    assert field.do(field.staff, "review_project_flags")["raised"] == 1
    assert field.do(field.staff, "review_project_flags")["raised"] == 0
    reopened = field.flags()["photo_before"]
    assert (reopened["status"], reopened["flag_id"]) == ("open", flag["flag_id"])
    field.begin(today() - timedelta(days=200))
    assert field.do(field.staff, "review_project_flags")["withdrawn"] == 1
    assert field.flags()["photo_before"]["status"] == "withdrawn"


def test_the_daily_job_finds_what_nobody_recorded_and_runs_once_a_day() -> None:
    field = Field()
    field.begin(today() - timedelta(days=60))
    for _ in range(3):
        with field.session() as session:
            flag_jobs.ask_for_review(session)
    field.host.settle()
    late = field.flags()
    assert {"idle", "milestone_late"} <= set(late)
    with field.session() as session:
        flag_jobs.ask_for_review(session)
    field.host.settle()
    assert {rule: row["version"] for rule, row in field.flags().items()} == {
        rule: row["version"] for rule, row in late.items()
    }
    with field.session() as session:
        assert session.scalar(select(func.count()).select_from(flag_jobs.Job).filter_by(name=flag_jobs.JOB)) == 1
    field.do(field.cso, "submit_report", kind="periodic", text="进展", **_period())
    field.host.settle()
    assert field.flags()["idle"]["status"] == "withdrawn"


def _period() -> dict[str, str]:
    return {"period_from": "2026-03-01", "period_until": "2026-05-31"}


def test_two_reviews_at_once_raise_each_flag_once() -> None:
    field = Field()
    field.begin(today() - timedelta(days=60))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: field.do(field.staff, "review_project_flags")["raised"], range(4)))
    with field.session() as session:
        assert sum(made) == session.scalar(select(func.count()).select_from(Flag)) > 0


def test_an_invoice_twice_is_flagged_not_refused() -> None:
    field = Field()
    field.begin(date(2026, 1, 1))
    invoice = {"number": "04512398", "code": "3702", "issued_on": "2026-03-05", "amount": "120.00"}
    for seed in (1, 2):
        receipt = field.store(pictures.jpeg(pictures.scene(seed)))
        spent = {"line": "物资", "amount": "120.00", "spent_on": "2026-03-05", "purpose": "购买物资"}
        made = field.do(field.cso, "record_spending", receipts=[receipt], invoices=[invoice], **spent)
        assert made["invoices"] == [invoice]
    field.host.settle()
    flag = field.flags()["invoice_repeated"]
    assert (flag["facts"]["times"], flag["facts"]["exact"]) == (1, 1)
    assert "receipt_similar" not in field.flags()


def test_photos_of_an_activity_must_be_of_its_time_and_place() -> None:
    field = Field()
    start = clock.system_now().replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=1)
    field.begin(today() - timedelta(days=30))
    activity_id = field.activity(start)
    good, bad = start + timedelta(minutes=30), start + timedelta(hours=9)
    for number, (taken, place) in enumerate([(good, PLACE), (bad, (36.3, 120.4))]):
        written = taken.astimezone(clock.SHANGHAI).strftime("%Y:%m:%d %H:%M:%S")
        exif = pictures.exif(taken=written, place=place)
        about = field.store(pictures.jpeg(pictures.scene(20 + number), exif=exif))
        field.do(field.cso, "add_activity_evidence", activity_id=activity_id, evidence=[about])
    field.host.settle()
    rows = field.bureau("projects.list_flags", project_id=field.project_id, area="photos")["items"]
    assert sorted(row["rule"] for row in rows) == ["photo_far", "photo_outside"]
    assert all({"kind": "activity", "id": activity_id} in row["named"] for row in rows)
    assert len(field.do(field.staff, "list_activity_evidence")["items"]) == 2
    planned = field.activity(start + timedelta(days=9), status="planned")
    with pytest.raises(NotFoundError, match="evidence_activity_unknown"):
        field.do(field.cso, "add_activity_evidence", activity_id=planned, evidence=[about])


def test_activities_that_cannot_both_be_reached() -> None:
    field = Field()
    field.begin(today() - timedelta(days=30))
    start = clock.system_now().replace(hour=2) - timedelta(days=2)
    field.activity(start)
    field.activity(start + timedelta(hours=1), place=(36.3, 120.4))
    field.do(field.staff, "review_project_flags")
    assert field.flags()["unreachable"]["facts"]["apart_km"] > 30


def test_rules_are_published_and_dated_and_old_flags_follow() -> None:
    field = Field()
    anyone = kit.Caller(field.host)
    assert anyone("projects.get_flag_rules")["number"] == 0
    field.begin(today() - timedelta(days=60))
    field.do(field.staff, "review_project_flags")
    assert field.flags()["idle"]["status"] == "open"
    with pytest.raises(ForbiddenError):
        field.staff("projects.publish_flag_rules", rules=[])
    with pytest.raises(InvalidError, match="flag_rules_invalid"):
        field.bureau("projects.publish_flag_rules", rules=[{"key": "idle", "numbers": {"days": 1}}])
    field.bureau("projects.publish_flag_rules", rules=[{"key": "idle", "numbers": {"days": 90}}], answer_days=3)
    rules = anyone("projects.get_flag_rules")
    assert (rules["number"], rules["answer_days"]) == (1, 3)
    idle = next(rule for rule in rules["rules"] if rule["key"] == "idle")
    assert (idle["numbers"], idle["since"]) == ({"days": 90}, today().isoformat())
    field.do(field.staff, "review_project_flags")
    assert field.flags()["idle"]["status"] == "withdrawn"
    assert [row["number"] for row in anyone("projects.list_flag_rules")["items"]] == [1]


def test_the_index_finds_what_comparing_all_finds() -> None:
    """Against brute force, in PostgreSQL: hashes near and far of one another."""
    import random

    field, dice = Field(), random.Random(5)
    base = [dice.getrandbits(64) for _ in range(12)]
    values = base + [one ^ sum(1 << bit for bit in dice.sample(range(64), n)) for one in base for n in (3, 7, 10, 13)]
    with field.session() as session:
        session.info["scenery"] = True
        for number, value in enumerate(values):
            parts = domain.bands(value)
            about = {f"band_{n}": part for n, part in enumerate(parts)}
            session.add(
                EvidencePhoto(
                    district_code=kit.DISTRICT,
                    subject=field.project_id,
                    project_id=field.project_id,
                    sha256=f"{number:064x}",
                    size=1,
                    media_type="image/jpeg",
                    status="read",
                    comparable=True,
                    dhash=domain.signed(value),
                    vhash=domain.signed(value),
                    created_at=clock.system_now(),
                    **about,
                )
            )
        session.flush()
        rows = list(session.scalars(select(EvidencePhoto)))
        for bits in (0, 3, 8, 10):
            for row in rows:
                near = {other.id for other in queries.near(session, row, bits=bits, limit=100)}
                assert near == {other.id for other in rows if other is not row and queries.apart(row, other) <= bits}


def test_a_returned_milestone_gives_its_photos_back_only_when_others_replace_them() -> None:
    field = Field()
    field.submit(pictures.jpeg(pictures.scene(1)))
    milestone_id = field.project()["milestones"][0]["milestone_id"]
    field.do(field.staff, "return_milestone", milestone_id=milestone_id, reason="照片不符")
    field.submit(pictures.jpeg(pictures.scene(2)))
    uses = {row["sha256"]: len(row["uses"]) for row in field.evidence()}
    assert sorted(uses.values()) == [0, 1]
    assert field.host.settle() == 0
    with field.session() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 0


def test_photos_of_before_are_noted_by_the_daily_job() -> None:
    field = Field()
    content = pictures.jpeg(pictures.scene(31))
    stone = field.project()["milestones"][0]["milestone_id"]
    about = field.store(content)
    field.change(Milestone, stone, evidence=[about], status="accepted")
    field.change(Project, field.project_id, status="closed")
    order_id = field.delivered_order([field.store(pictures.jpeg(pictures.scene(32)))])
    assert field.evidence() == []
    with field.session() as session:
        flag_jobs.ask_for_review(session)
    field.host.settle()
    assert [row["status"] for row in field.evidence()] == ["read"]
    assert [row["order_id"] for row in field.staff("projects.list_evidence", order_id=order_id)["items"]] == [order_id]


def test_a_resident_sees_the_photo_of_the_order_and_its_place_goes_with_the_person() -> None:
    field = Field()
    exif = pictures.exif(place=(36.3, 120.4))
    order_id = field.delivered_order([field.store(pictures.jpeg(pictures.scene(33), exif=exif))])
    with field.session() as session:
        flag_jobs.ask_for_review(session)
    field.host.settle()
    (row,) = field.staff("projects.list_evidence", order_id=order_id)["items"]
    (flag,) = field.bureau("projects.list_flags", order_id=order_id)["items"]
    assert flag["rule"] == "photo_far"
    resident = kit.Caller(field.host, kit.actor("resident", streets=[kit.ZHUHAI], account_id=field.resident_id))
    other = field.caller("resident")
    assert resident("projects.get_evidence_image", evidence_id=row["evidence_id"]) == row["shown"]
    with pytest.raises(NotFoundError):
        other("projects.get_evidence_image", evidence_id=row["evidence_id"])
    with field.session() as session:
        person.erase(session, PARTS, field.resident_id)
    erased = field.staff("projects.get_evidence", evidence_id=row["evidence_id"])
    assert (erased["latitude"], erased["longitude"]) == (None, None)
    assert (row["latitude"], row["longitude"]) == (36.3, 120.4)


def test_two_processes_that_read_at_once_find_each_others_photos() -> None:
    field = Field()
    about = [field.store(pictures.jpeg(pictures.scene(seed))) for seed in (51, 52, 53)]
    first = field.project_id
    second = field.another(kit.ZHUHAI)
    with field.session() as session:
        session.info["scenery"] = True
        for project_id in (first, second):
            named = [noting.Named("milestone", "mls_x", about)]
            project = session.get_one(Project, project_id)
            noting.note(session, noting.of_project(project), named, now=clock.system_now())
        jobs.enqueue(session, noting.JOB)
    executor = field.host.executors["projects"]
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: jobrunner.run_one(executor), range(2))) == 2
    with field.session() as session:
        assert set(session.scalars(select(EvidencePhoto.status))) == {"read"}
        assert session.scalar(select(func.count()).select_from(EvidenceTwin)) == 2 * len(about)
