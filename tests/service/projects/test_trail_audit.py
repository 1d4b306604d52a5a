"""Somebody with every right on the database changes the past: self-audit, receipt or witness tells each time."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.events import Envelope
from chassis.runtime import jobrunner
from chassis.tables import Job, OutboxEvent
from services.projects.trail import (
    actions,
    auditing,
    audits,
    copying,
    leaf,
    merkle,
    naming,
    nodes,
    signing,
    verify,
)
from services.projects.trail.appending import Appender
from services.projects.trail.models import TrailEntry, TrailHead
from services.projects.trail.models_audit import TrailAudit
from tests import kit
from tests.service.projects.trail_log import NOW, Log, envelope

SIZE = 23


class Audited(Log):
    """A log of some length with heads at 7, 16 and its end, and a bureaucrat's tools."""

    def __init__(self) -> None:
        super().__init__()
        self.operator = kit.Caller(self.host, kit.actor("operator"))
        self.events: list[Envelope] = []

    def grow(self, upto: int) -> None:
        for number in range(len(self.events) + 1, upto + 1):
            event = envelope(f"cas_{'abc'[number % 3]}", (number + 2) // 3, organisation_id=ids.new_id("org"))
            self.events.append(event)
            self.hear(event)
        with self.trail.system_session("sign", kit.DISTRICT) as session:
            signing.sign_current_head(session, district_code=kit.DISTRICT, now=NOW)

    def sql(self, statement: str, **values: Any) -> None:
        with self.trail.sessions.begin() as session:
            session.execute(text(statement), values)

    def audit(self) -> dict[str, Any]:
        begun = self.operator("projects.start_trail_audit")
        jobrunner.run_one(self.host.executors["projects"])
        found: dict[str, Any] = self.operator("projects.get_trail_audit", audit_id=begun["audit_id"])
        assert found["sound"] is (found["found"] == 0)
        return found

    def rebuild(self) -> None:
        """As an administrator with our own code would: every hash anew, from the rows as they are now."""
        with self.trail.sessions.begin() as session:
            rows = session.query(TrailEntry).order_by(TrailEntry.index).all()
            kept = [{column.key: getattr(row, column.key) for column in TrailEntry.__table__.columns} for row in rows]
            for name in ("trail_entry", "trail_node", "trail_head"):
                session.execute(text(f"DELETE FROM {name}"))
            session.expunge_all()
            self._regrow(session, kept)

    def _regrow(self, session: Session, kept: list[dict[str, Any]]) -> None:
        appender = Appender(session, kit.DISTRICT)
        salts = iter([row["salt"] for row in kept])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(secrets, "token_bytes", lambda _count: next(salts))
            self._append(appender, kept)
        appender.write()

    def _append(self, appender: Appender, kept: list[dict[str, Any]]) -> None:
        for row in kept:
            event = next((one for one in self.events if one.id == row["event_id"]), None) or envelope("cas_z", 1)
            known = {"name": row["event"], "subject": row["subject"], "subject_version": row["subject_version"]}
            appender.append(replace(event, id=row["event_id"], **known))


@pytest.fixture
def log(trail_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch) -> Audited:
    monkeypatch.setattr(auditing, "CHUNK", 8)
    made = Audited()
    for size in (7, 16, SIZE):
        made.grow(size)
    return made


def places(found: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(each["kind"], each.get("index"), each.get("field")) for each in found["findings"]]


def test_a_log_that_nobody_touched_is_sound(log: Audited) -> None:
    found = log.audit()
    assert (found["sound"], found["size"], found["heads"], found["findings"]) == (True, SIZE, 3, [])
    head = log.bureau("projects.get_trail_head")
    assert found["root"] == head["root"]
    jobs = [log.operator("projects.get_job", job_id=found["job_id"])]
    assert [(job["status"], job["done"], job["total"]) for job in jobs] == [("done", SIZE, SIZE)]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 9])
def test_short_logs_are_sound_too(trail_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(auditing, "CHUNK", 4)
    made = Audited()
    made.grow(size)
    assert made.audit()["sound"]


def test_a_log_that_grows_while_it_is_read_is_sound(log: Audited) -> None:
    grown = iter(range(SIZE + 2, 200, 3))

    def progress(done: int, total: int) -> None:
        log.grow(next(grown))

    audit = auditing.Audit(log.trail.readers, kit.DISTRICT, progress)
    audit.run()
    assert (audit.size, audit.findings) == (SIZE, [])
    with log.trail.sessions() as session:
        assert nodes.size_of(session, kit.DISTRICT) > SIZE


def test_a_witnesss_file_may_repeat_itself_and_speak_of_others(
    log: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "heads.jsonl"
    monkeypatch.setenv("TRAIL_WITNESSES", file.as_uri())
    copying.copy_heads(log.host.executors["projects"])
    lines = file.read_text().splitlines()
    foreign = json.dumps({**json.loads(lines[0]), "log": "footprint/370212"})
    file.write_text("\n".join([*lines, foreign, *lines]) + "\n")
    assert log.audit()["sound"]
    file.write_text("\n".join([*lines, "not a head", lines[0].replace('"size":7', '"size":8')]) + "\n")
    found = log.audit()["findings"]
    assert [(each["kind"], each["source"]) for each in found] == [
        ("head_changed", "heads.jsonl:4"),
        ("head_changed", "heads.jsonl:5"),
    ]


ROW_CHANGES = {
    "event": ("event = 'case_expelled'", "event"),
    "source": ("source = 'notify'", "source"),
    "subject": ("subject = 'cas_other'", "subject"),
    "version": ("subject_version = 90", "subject_version"),
    "id": ("event_id = gen_random_uuid()", "event_id, occurred_at or more than one"),
    "time": ("occurred_at = occurred_at - interval '1 day'", "event_id, occurred_at or more than one"),
    "commitment": ("commitment = sha256('x')", "commitment"),
    "leaf_hash": ("leaf_hash = sha256('x')", "leaf_hash"),
    "payload": ("payload = replace(payload, 'specialist', 'bureau')", "payload, salt or commitment"),
    "spelling": ("payload = replace(payload, ':', ': ')", "payload, salt or commitment"),
    "salt": ("salt = sha256('x')", "payload, salt or commitment"),
    "half erased": ("salt = NULL", "salt"),
    "actor": ("actor_account_id = 'acc_y'", "actor_account_id"),
    "role": ("actor_role = 'bureau'", "actor_role"),
    "streets": ("street_codes = '[]'", "street_codes"),
    "organisation": ("organisation_id = 'org_y'", "organisation_id"),
    "parties": ("organisation_ids = organisation_ids || '\"org_y\"'", "organisation_ids"),
    "tombstone": ("tombstone = true", "tombstone"),
}


@pytest.mark.parametrize("index", [0, 9, SIZE - 1])
@pytest.mark.parametrize("change", ROW_CHANGES)
def test_a_changed_column_of_a_row_is_named(log: Audited, change: str, index: int) -> None:
    assignment, field = ROW_CHANGES[change]
    log.sql(f"UPDATE trail_entry SET {assignment} WHERE index = :index", index=index)
    found = log.audit()
    named = [place for place in places(found) if place[0] == "entry_changed"]
    last = index == SIZE - 1 and change == "leaf_hash"  # no node stands over it: the head contradicts instead
    assert ("entry_changed", index, "event_id, occurred_at or more than one" if last else field) in named
    assert {place[1] for place in named} == {index}
    assert not [place for place in places(found) if place[0].startswith("node")]


@pytest.mark.parametrize(("level", "index"), [(1, 0), (1, 10), (2, 3), (3, 1), (4, 0)])
def test_a_changed_removed_or_invented_node_is_named(log: Audited, level: int, index: int) -> None:
    where = "level = :level AND index = :index"
    log.sql(f"UPDATE trail_node SET hash = sha256('x') WHERE {where}", level=level, index=index)
    (changed,) = log.audit()["findings"][:1]
    assert (changed["level"], changed["index"]) == (level, index)
    log.sql(f"DELETE FROM trail_node WHERE {where}", level=level, index=index)
    (missing,) = log.audit()["findings"]
    assert (missing["kind"], missing["level"], missing["index"]) == ("node_missing", level, index)
    log.sql(f"INSERT INTO trail_node VALUES ('{kit.DISTRICT}', :level, 99, sha256('x'))", level=level)
    assert "node_added" in {each["kind"] for each in log.audit()["findings"]}


@pytest.mark.parametrize(
    ("assignment", "kind"),
    [
        ("root = repeat('0', 64)", "head_changed"),
        ("time = '2020-01-01T00:00:00.000000Z'", "head_changed"),
        ("signature = repeat('0', 128)", "head_changed"),
        ("key_id = repeat('0', 64)", "head_changed"),
        ("algorithm = 'sm2-sm3'", "head_changed"),
        ("size = 15", "head_changed"),
    ],
)
def test_a_changed_head_is_named(log: Audited, assignment: str, kind: str) -> None:
    log.sql(f"UPDATE trail_head SET {assignment} WHERE size = 16")
    (found,) = log.audit()["findings"]
    assert (found["kind"], found["source"]) == (kind, "trail_head")


@pytest.mark.parametrize("index", [0, 8, 13])
def test_a_removed_row_is_named(log: Audited, index: int) -> None:
    log.sql("DELETE FROM trail_entry WHERE index = :index", index=index)
    found = log.audit()
    assert [place for place in places(found) if place[0] == "entry_removed"] == [("entry_removed", index, None)]
    assert {place[0] for place in places(found)} == {"entry_removed", "version_gap"}


def test_rows_cut_off_at_the_end_are_missed_by_the_head(log: Audited) -> None:
    log.sql("DELETE FROM trail_entry WHERE index >= 20")
    kinds = {each["kind"]: each for each in log.audit()["findings"]}
    assert kinds["rows_missing_at_end"]["size"] == SIZE
    assert "node_added" in kinds


def test_an_added_row_is_named_even_with_a_true_hash(log: Audited) -> None:
    with log.trail.sessions.begin() as session:
        appender = Appender(session, kit.DISTRICT)
        appender.append(envelope("cas_forged", 1))
        appender.write()
    (found,) = log.audit()["findings"]
    assert (found["kind"], found["index"]) == ("entry_added", SIZE)


@pytest.mark.parametrize(("one", "other"), [(2, 3), (4, 17)])
def test_rows_that_changed_places_are_named_with_where_they_belong(log: Audited, one: int, other: int) -> None:
    log.sql("UPDATE trail_entry SET index = -1 WHERE index = :one", one=one)
    log.sql("UPDATE trail_entry SET index = :one WHERE index = :other", one=one, other=other)
    log.sql("UPDATE trail_entry SET index = :other WHERE index = -1", other=other)
    moved = {each["index"]: each["belongs_at"] for each in log.audit()["findings"] if each["kind"] == "entry_moved"}
    assert moved == {one: other, other: one}


def test_a_row_rewritten_with_its_own_hash_is_found_by_the_node_above_it(log: Audited) -> None:
    with log.trail.sessions.begin() as session:
        row = session.get_one(TrailEntry, (kit.DISTRICT, 9))
        row.event = "case_expelled"
        named = {column.key: getattr(row, column.key) for column in TrailEntry.__table__.columns}
        named.pop("district_code")
        hashed = naming.Row(**named).hashed(kit.DISTRICT)
        row.leaf_hash = merkle.leaf_hash(leaf.leaf_bytes(hashed))
    (found,) = log.audit()["findings"]
    assert (found["kind"], found["entries"]) == ("entries_rewritten", [8, 10])


# the whole tree anew --------------------------------------------------------------------------------------------


def edit(log: Audited) -> None:
    log.sql("UPDATE trail_entry SET event = 'case_expelled' WHERE index = 9")


def delete(log: Audited) -> None:
    log.sql("DELETE FROM trail_entry WHERE index = 9")


def insert(log: Audited) -> None:
    log.sql("UPDATE trail_entry SET index = -index - 1 WHERE index >= 9")
    columns = ", ".join(
        column.key for column in TrailEntry.__table__.columns if column.key not in ("index", "event_id")
    )
    chosen = columns.replace("subject_version", "90")
    log.sql(
        f"INSERT INTO trail_entry (index, event_id, {columns}) "
        f"SELECT 9, gen_random_uuid(), {chosen} FROM trail_entry WHERE index = 8"
    )
    log.sql("UPDATE trail_entry SET index = -index WHERE index < 0")


def reorder(log: Audited) -> None:
    log.sql("UPDATE trail_entry SET index = -1 WHERE index = 9")
    log.sql("UPDATE trail_entry SET index = 9 WHERE index = 10")
    log.sql("UPDATE trail_entry SET index = 10 WHERE index = -1")


@pytest.mark.parametrize("tamper", [edit, delete, insert, reorder])
def test_a_tree_built_anew_is_told_by_a_witness_and_by_an_older_receipt(
    log: Audited, tamper: Callable[[Audited], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "heads.jsonl"
    monkeypatch.setenv("TRAIL_WITNESSES", file.as_uri())
    copying.copy_heads(log.host.executors["projects"])
    old = log.receipt(9)
    tamper(log)
    log.rebuild()
    log.sign()
    verify.verify_receipt(log.receipt(8))  # the new history agrees with itself
    found = log.audit()
    told = [each for each in found["findings"] if each["kind"] in ("head_contradicts", "rows_missing_at_end")]
    assert told
    assert all(each["source"].startswith("heads.jsonl") for each in told)
    assert any(each.get("between", [7])[0] == 7 for each in told)  # what was signed at 7 still agrees
    verify.verify_receipt(old)
    with log.trail.sessions() as session:
        size = nodes.size_of(session, kit.DISTRICT)
        now_there = nodes.root(session, kit.DISTRICT, min(size, SIZE))
    assert size < SIZE or now_there.hex() != old["head"]["root"]
    with log.trail.sessions() as session:
        newest = session.query(TrailHead).order_by(TrailHead.size.desc()).first()
    if newest is not None and newest.size == SIZE:
        mine = tmp_path / "now.jsonl"
        mine.write_text(json.dumps(kit.Caller(log.host)("projects.get_trail_head")))
        assert verify.main(["--heads", str(file), str(mine)]) == 1


def test_without_a_witness_a_kept_receipt_contradicts_the_new_head(log: Audited) -> None:
    """Same size, other root: two heads with the log's own signature that cannot both be true."""
    old = log.receipt(9)
    edit(log)
    log.rebuild()
    new = log.receipt(9)
    verify.verify_receipt(old)
    verify.verify_receipt(new)
    assert old["head"]["size"] == new["head"]["size"]
    assert old["head"]["root"] != new["head"]["root"]


# who, when, and what is kept ------------------------------------------------------------------------------------


def test_a_finding_is_told_as_an_event_and_kept(log: Audited) -> None:
    edit(log)
    found = log.audit()
    with log.trail.sessions() as session:
        told = session.query(OutboxEvent).filter_by(name="trail_audit_failed").one()
    assert told.payload["audit_id"] == found["audit_id"]
    assert told.payload["kinds"] == {"entry_changed": 1}
    listed = log.operator("projects.list_trail_audits")["items"]
    assert [each["audit_id"] for each in listed] == [found["audit_id"]]


def test_one_audit_at_a_time_and_only_for_those_who_may(log: Audited) -> None:
    log.operator("projects.start_trail_audit")
    with pytest.raises(ConflictError, match="trail_audit_running"):
        kit.Caller(log.host, kit.actor("auditor"))("projects.start_trail_audit")
    with pytest.raises(ForbiddenError):
        log.bureau("projects.start_trail_audit")
    with pytest.raises(NotFoundError, match="trail_audit_not_found"):
        log.bureau("projects.get_trail_audit", audit_id=ids.new_id("tau"))
    assert len(log.bureau("projects.list_trail_audits")["items"]) == 1


def test_it_begins_by_itself_once_a_night(log: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    projects = log.host.executors["projects"]

    def tick(hour: int) -> int:
        monkeypatch.setenv("TRAIL_AUDIT_HOUR", str(hour))
        with projects.system_session("audit_trail_nightly", kit.DISTRICT) as session:
            projects.service.cls().audit_trail_nightly(session)
            return session.query(TrailAudit).count()

    local = clock.system_now().astimezone(clock.SHANGHAI).hour
    assert tick((local + 5) % 24) == 0
    assert tick(-1) == 0
    assert [tick(local), tick(local)] == [1, 1]
    with projects.sessions() as session:
        assert [job.name for job in session.query(Job)] == [audits.JOB]


def test_an_erased_payload_is_no_finding(log: Audited) -> None:
    with log.trail.system_session("erase", kit.DISTRICT) as session:
        actions.erase_payload(session, district_code=kit.DISTRICT, index=9)
    assert log.audit()["sound"]
