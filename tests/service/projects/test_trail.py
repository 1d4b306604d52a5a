"""The trail in the database: order, gaps, receipts, erasure, tampering, scope."""

from __future__ import annotations

import importlib
import random
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event, select, text, update

from chassis import ids
from chassis.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chassis.tables import SubjectVersion
from services.projects.known.models import KnownOrganisation
from services.projects.trail import actions, guard, keys, merkle, verify
from services.projects.trail.models import TrailEntry, TrailHead, TrailWaiting
from tests import kit
from tests.service.projects.trail_log import Log, envelope


@pytest.fixture
def log(trail_key: Ed25519PrivateKey) -> Log:
    return Log()


def test_events_heard_in_any_order_and_twice_are_entered_once_and_in_order(log: Log) -> None:
    events = [envelope(f"cas_{name}", version) for name in "abc" for version in range(1, 8)]
    random.Random(7).shuffle(events)
    log.hear(*events)
    entries = log.entries()
    assert [entry["index"] for entry in entries] == list(range(21))
    for name in "abc":
        versions = [entry["subject_version"] for entry in entries if entry["subject"] == f"cas_{name}"]
        assert versions == list(range(1, 8))


def test_a_gap_waits_without_holding_up_others(log: Log) -> None:
    first, second, third = (envelope("cas_a", version) for version in (1, 2, 3))
    log.hear(first, third, envelope("cas_b", 1))
    assert [(entry["subject"], entry["subject_version"]) for entry in log.entries()] == [("cas_a", 1), ("cas_b", 1)]
    log.hear(second)
    assert [entry["subject_version"] for entry in log.entries(subject="cas_a")] == [1, 2, 3]
    with log.trail.sessions() as session:
        assert session.query(TrailWaiting).count() == 0


def test_versions_are_counted_per_service(log: Log) -> None:
    log.hear(envelope("lin_a", 1, source="projects"), envelope("lin_a", 1, source="resources"))
    assert len(log.entries(subject="lin_a")) == 2


def test_a_discarded_event_leaves_a_tombstone_and_the_later_ones_follow(log: Log) -> None:
    lost, later = envelope("cas_a", 1), envelope("cas_a", 2)
    log.hear(later)
    with log.trail.system_session("discard", kit.DISTRICT) as session:
        actions.discard_event(session, envelope=lost, reason="不可解析")
    entries = log.entries(subject="cas_a")
    assert [entry["tombstone"] for entry in entries] == [True, False]


def test_every_receipt_of_a_growing_log_verifies(log: Log, trail_key: Ed25519PrivateKey) -> None:
    for number in range(1, 20):
        log.hear(envelope("cas_a", number, score=number / 2))
        for index in {0, number // 2, number - 1}:
            receipt = log.receipt(index)
            verify.verify_receipt(receipt, key=keys.public_bytes(trail_key))
            assert receipt["head"]["size"] == number


def test_a_receipt_is_found_by_event_too_and_by_exactly_one_of_the_two(log: Log) -> None:
    event = envelope("cas_a", 1)
    log.hear(event)
    assert log.bureau("projects.get_receipt", event_id=event.id)["index"] == 0
    with pytest.raises(InvalidError):
        log.bureau("projects.get_receipt")
    with pytest.raises(InvalidError):
        log.bureau("projects.get_receipt", index=0, event_id=event.id)
    with pytest.raises(NotFoundError):
        log.bureau("projects.get_receipt", index=1)


def test_two_heads_are_consistent(log: Log) -> None:
    anyone = kit.Caller(log.host)
    heads = []
    for number in range(1, 14):
        log.hear(envelope("cas_a", number))
        heads.append(anyone("projects.get_trail_head"))
    for first in heads:
        proof = anyone("projects.get_consistency", first=first["size"], second=13)
        assert (proof["first_root"], proof["second_root"]) == (first["root"], heads[-1]["root"])
        steps = [bytes.fromhex(step) for step in proof["proof"]]
        old, new = merkle.roots_from_consistency(first["size"], 13, bytes.fromhex(first["root"]), steps)
        assert (old.hex(), new.hex()) == (first["root"], heads[-1]["root"])
    with pytest.raises(InvalidError, match="trail_sizes_invalid"):
        anyone("projects.get_consistency", first=3, second=14)


def test_heads_are_signed_periodically_and_kept_once(log: Log) -> None:
    log.hear(envelope("cas_a", 1))
    for _ in range(2):
        with log.trail.system_session("sign_trail_heads", kit.DISTRICT) as session:
            log.trail.service.cls().sign_trail_heads(session)
    with log.trail.sessions() as session:
        kept = session.query(TrailHead).one()
    head = log.bureau("projects.get_trail_head")
    assert (head["size"], head["signature"]) == (1, kept.signature)


def test_an_erased_payload_leaves_old_and_new_receipts_verifiable(log: Log) -> None:
    log.hear(*(envelope("cas_a", number) for number in range(1, 6)))
    before = log.receipt(2)
    with log.trail.system_session("erase", kit.DISTRICT) as session:
        actions.erase_payload(session, district_code=kit.DISTRICT, index=2)
    verify.verify_receipt(before)
    after = log.receipt(2)
    assert (after["payload"], after["salt"], after["leaf_hash"]) == (None, None, before["leaf_hash"])
    verify.verify_receipt(after)
    assert log.entries()[2]["actor_account_id"] is None


def test_a_changed_row_is_found_by_the_guard_and_by_an_older_receipt(log: Log) -> None:
    log.hear(*(envelope("cas_a", number) for number in range(1, 6)))
    old = log.receipt(1)
    with log.trail.sessions.begin() as session:
        session.execute(update(TrailEntry).where(TrailEntry.index == 1).values(event="case_expelled"))
    with log.trail.system_session("check", kit.DISTRICT) as session, pytest.raises(ConflictError, match="trail_broken"):
        guard.check_trail(session, subjects=["cas_a"])
    new = log.receipt(1)
    with pytest.raises(verify.ReceiptError, match="leaf_hash"):
        verify.verify_receipt(new)
    verify.verify_receipt(old)


def test_the_guard_answers_behind_until_every_committed_event_is_entered(log: Log) -> None:
    projects = log.host.executors["projects"]
    with projects.sessions.begin() as session:
        session.add(SubjectVersion(district_code=kit.DISTRICT, subject="prj_a", version=2))
    log.hear(envelope("prj_a", 1, source="projects"))
    with projects.system_session("check", kit.DISTRICT) as session, pytest.raises(ConflictError, match="trail_behind"):
        guard.check_trail(session, subjects=["prj_a"])
    log.hear(envelope("prj_a", 2, source="projects"))
    with projects.system_session("check", kit.DISTRICT) as session:
        guard.check_trail(session, subjects=["prj_a", "prj_without_events"])


def test_a_street_sees_its_own_and_district_wide_entries_only(log: Log) -> None:
    log.hear(
        envelope("cas_a", 1), envelope("cas_b", 1, street_codes=[kit.CHANGJIANG]), envelope("rnd_a", 1, street_codes=[])
    )
    staff = kit.Caller(log.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    seen = {entry["subject"] for entry in staff("projects.list_trail_entries")["items"]}
    assert seen == {"cas_b", "rnd_a"}
    with pytest.raises(NotFoundError):
        staff("projects.get_receipt", index=0)
    assert {entry["subject"] for entry in log.bureau.at(kit.ZHUHAI)("projects.list_trail_entries")["items"]} == {
        "cas_a",
        "rnd_a",
    }


def test_an_organisation_sees_what_concerns_it_and_a_resident_what_they_did(log: Log) -> None:
    mine = ids.new_id("org")
    resident = kit.Caller(log.host, kit.actor("resident", streets=[kit.ZHUHAI]))
    acted = replace(envelope("ord_a", 1), actor=resident.who.to_trace())  # type: ignore[union-attr]
    log.hear(envelope("cas_a", 1, organisation_id=mine), envelope("cas_b", 1, organisation_id=ids.new_id("org")), acted)
    cso = kit.Caller(log.host, kit.actor("cso", streets=[kit.ZHUHAI], organisation_id=mine))
    assert [entry["subject"] for entry in cso("projects.list_trail_entries")["items"]] == ["cas_a"]
    assert [entry["subject"] for entry in resident("projects.list_trail_entries")["items"]] == ["ord_a"]


def test_pages_follow_each_other(log: Log) -> None:
    log.hear(*(envelope("cas_a", number) for number in range(1, 8)))
    seen: list[int] = []
    cursor = None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = log.bureau("projects.list_trail_entries", limit=3, **more)
        seen += [entry["index"] for entry in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [6, 5, 4, 3, 2, 1, 0]
    with pytest.raises(InvalidError):
        log.bureau("projects.list_trail_entries", cursor="abc")


def test_without_a_key_nothing_is_signed(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.hear(envelope("cas_a", 1))
    monkeypatch.setenv("TRAIL_SIGNING_KEY_FILE", "")
    with pytest.raises(UnavailableError, match="trail_key_missing"):
        log.receipt(0)


def test_the_signing_key_is_in_no_table(log: Log, trail_key: Ed25519PrivateKey) -> None:
    log.hear(envelope("cas_a", 1))
    log.receipt(0)
    with log.trail.sessions() as session:
        names = list(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
        dump = "".join(str(session.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names)
    assert trail_key.private_bytes_raw().hex() not in dump


def test_a_hub_sees_what_concerns_those_in_its_care_and_nothing_of_anothers(log: Log) -> None:
    hub, cared, stranger = (ids.new_id("org") for _ in range(3))
    known = {"district_code": kit.DISTRICT, "kind": "cso", "legal_tier": "filed", "street_code": kit.ZHUHAI}
    with log.host.executors["projects"].sessions.begin() as session:
        row = {"fields": [], "status": "active", "in_breach": False, "subject_version": 1, **known}
        session.add(KnownOrganisation(id=cared, name="某组织（演示）", hub_id=hub, **row))
    log.hear(
        envelope("cas_a", 1, organisation_id=cared),
        envelope("cas_a", 2),
        envelope("cas_b", 1, organisation_id=stranger),
        envelope("cas_b", 2),
        envelope("rnd_a", 1, street_codes=[]),
        replace(envelope("rnd_a", 2, street_codes=[]), name="judges_assigned"),
    )
    caller = kit.Caller(log.host, kit.actor("hub", streets=[kit.ZHUHAI], organisation_id=hub))
    seen = [(entry["subject"], entry["subject_version"]) for entry in caller("projects.list_trail_entries")["items"]]
    assert seen == [("rnd_a", 1), ("cas_a", 2), ("cas_a", 1)]
    with pytest.raises(NotFoundError):
        caller("projects.get_receipt", index=3)


def test_each_party_of_a_gift_reads_its_own_steps_and_nobody_else_does(log: Log) -> None:
    giver, taker, third, absorbed = (ids.new_id("org") for _ in range(4))
    parties = {"provider_organisation_id": giver, "recipient_organisation_id": taker}
    other = {"provider_organisation_id": giver, "recipient_organisation_id": absorbed}
    log.hear(
        envelope("alc_a", 1, source="resources", street_codes=[kit.CHANGJIANG], **parties),
        envelope("alc_b", 1, source="resources", **other),
        envelope("alc_c", 1, source="resources", organisation_ids=[giver, third]),
    )
    callers = {
        name: kit.Caller(log.host, kit.actor(role, streets=streets, organisation_id=name))
        for name, role, streets in (
            (giver, "provider", []),
            (taker, "cso", [kit.ZHUHAI]),
            (third, "provider", []),
            (absorbed, "cso", [kit.ZHUHAI]),
        )
    }
    seen = {
        name: [entry["subject"] for entry in caller("projects.list_trail_entries")["items"]]
        for name, caller in callers.items()
    }
    assert seen == {giver: ["alc_b", "alc_a"], taker: ["alc_a"], third: [], absorbed: ["alc_b"]}
    for name in (giver, taker):
        receipt = callers[name]("projects.get_receipt", index=0)
        verify.verify_receipt(receipt)
        assert callers[name]("projects.get_trail_timeline", subject="alc_a")["items"][0]["verified"]
    for name in (third, absorbed):
        assert callers[name]("projects.get_trail_timeline", subject="alc_a")["items"] == []
        with pytest.raises(NotFoundError):
            callers[name]("projects.get_receipt", index=0)


def test_a_tombstone_is_read_by_the_parties_and_an_erased_entry_by_none_of_them(log: Log) -> None:
    giver = ids.new_id("org")
    lost = envelope("alc_a", 1, source="resources", provider_organisation_id=giver)
    with log.trail.system_session("discard", kit.DISTRICT) as session:
        actions.discard_event(session, envelope=lost, reason="不可解析")
    caller = kit.Caller(log.host, kit.actor("provider", organisation_id=giver))
    assert [entry["tombstone"] for entry in caller("projects.list_trail_entries")["items"]] == [True]
    with log.trail.system_session("erase", kit.DISTRICT) as session:
        actions.erase_payload(session, district_code=kit.DISTRICT, index=0)
    assert caller("projects.list_trail_entries")["items"] == []


def test_the_migration_gives_earlier_entries_the_parties_they_named(log: Log) -> None:
    giver, taker = ids.new_id("org"), ids.new_id("org")
    log.hear(
        envelope("alc_a", 1, provider_organisation_id=taker, recipient_organisation_id=giver),
        envelope("alc_b", 1, provider_organisation_id=giver, recipient_organisation_id=giver),
        envelope("cas_a", 1, organisation_id=giver, host_organisation_id=None, organisation_ids=[taker]),
        envelope("cas_b", 1),
        envelope("cas_c", 1, organisation_id=giver),
    )
    migration = importlib.import_module("services.projects.migrations.versions.0034_trail_parties")
    kept = select(TrailEntry.organisation_ids).order_by(TrailEntry.index)
    with log.trail.sessions.begin() as session:
        session.execute(text("UPDATE trail_entry SET payload = NULL, salt = NULL WHERE subject = 'cas_c'"))
        written = list(session.scalars(kept))
        session.execute(text("UPDATE trail_entry SET organisation_ids = '[]'"))
        session.connection().exec_driver_sql(migration.FILL)
        session.connection().exec_driver_sql(migration.FILL_ERASED)
        session.expire_all()
        assert list(session.scalars(kept)) == written
    assert written == [sorted([giver, taker]), [giver], [giver], [], [giver]]


def test_a_receipt_takes_two_statements_and_one_more_where_somebody_acts_for_an_organisation(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "0")  # a demonstration's clock is asked too
    giver = ids.new_id("org")
    log.hear(*(envelope("alc_a", version, source="resources", provider_organisation_id=giver) for version in (1, 2, 3)))
    provider = kit.Caller(log.host, kit.actor("provider", organisation_id=giver))
    engine = log.host.executors["projects"].readers.kw["bind"]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    def statements(caller: kit.Caller) -> int:
        caller("projects.get_receipt", index=1)  # learns the key, and which sessions ended
        asked.clear()
        receipt = caller("projects.get_receipt", index=1)
        verify.verify_receipt(receipt)
        return len(asked)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert [statements(log.bureau), statements(provider)] == [2, 3], asked
        log.sign()
        assert [statements(log.bureau), statements(provider)] == [2, 3], asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_receipt_carries_the_kept_head_of_its_size_and_no_other(log: Log) -> None:
    log.hear(*(envelope("cas_a", version) for version in (1, 2, 3)))
    log.sign()
    with log.trail.sessions() as session:
        kept = session.query(TrailHead).one().signature
    assert log.receipt(0)["head"]["signature"] == kept
    log.hear(envelope("cas_a", 4))
    later = log.receipt(0)["head"]
    assert (later["size"], later["signature"] == kept) == (4, False)
    with log.trail.sessions.begin() as session:
        session.execute(update(TrailHead).values(size=9))  # a head of entries that are gone is nobody's head here
    assert log.receipt(0)["head"]["size"] == 4
