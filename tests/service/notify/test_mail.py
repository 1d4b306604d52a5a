"""E-mail against a real mail server: once each, retried, bounced, suppressed, reclaimed after a crash."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from chassis import clock, ids
from chassis.codes import ChassisCode
from chassis.errors import ConflictError, UnavailableError
from chassis.events import Envelope
from contracts.projects.events_awards import TranchePaid
from contracts.projects.events_delivery import OrderConfirmed
from services.notify import addresses
from services.notify.deliveries import actions
from tests import kit
from tests.kit import ZHUHAI, Caller
from tests.service.notify.world import Mailbox, Notify

ADDRESS = "zhang@demo.example"


def pay(notify: Notify, organisation_id: str) -> Envelope:
    return notify.hear(
        TranchePaid(
            award_id=ids.new_id("awd"),
            tranche_id=ids.new_id("trn"),
            proposal_id=ids.new_id("prp"),
            project_id=ids.new_id("prj"),
            organisation_id=organisation_id,
            number=1,
            amount_fen=1_500_000,
            street_codes=[ZHUHAI],
        )
    )


def member(notify: Notify, email: str | None = ADDRESS) -> str:
    organisation_id = notify.register()
    notify.open_account("cso", organisation_id=organisation_id, streets=(ZHUHAI,), email=email)
    return organisation_id


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_one_event_delivered_twice_is_one_mail(notify: Notify, mailbox: Mailbox) -> None:
    envelope = pay(notify, member(notify))
    notify.host.settle()
    ((recipient, raw),) = mailbox.mails
    mail = parsed(raw)
    (delivery,) = notify.deliveries(channel="email")
    assert recipient == ADDRESS
    assert mail["subject"] == "第 1 笔资金已拨付"
    assert "15,000.00" in mail.get_content()
    assert mail["message-id"] == f"<{delivery['delivery_id']}@footprint.invalid>"
    assert mail["x-footprint-trace"] == envelope.trace_id
    assert delivery["status"] == "sent"
    assert (delivery["event_id"], delivery["trace_id"]) == (envelope.id, envelope.trace_id)
    assert notify.deliveries(event_id=envelope.id, trace_id=envelope.trace_id) == [delivery]
    notify.make_due()
    notify.host.settle()
    assert len(mailbox.mails) == 1


def test_no_address_is_stored_or_shown(notify: Notify, mailbox: Mailbox) -> None:
    pay(notify, member(notify))
    notify.host.settle()
    (delivery,) = notify.deliveries()
    assert ADDRESS not in str(delivery)


def test_a_temporary_refusal_is_tried_again_with_the_same_message_id(notify: Notify, mailbox: Mailbox) -> None:
    mailbox.data_answers = ["451 later"]
    pay(notify, member(notify))
    notify.host.settle()
    (delivery,) = notify.deliveries()
    assert (delivery["status"], mailbox.mails) == ("failed", [])
    assert delivery["reason"] == "451 refused the message"
    notify.make_due()
    notify.host.settle()
    (delivery,) = notify.deliveries()
    assert delivery["status"] == "sent"
    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["retry", "succeed"]
    assert len(mailbox.mails) == 1


def test_a_final_refusal_bounces_and_stops_further_mail_until_an_operator_lifts_it(
    notify: Notify, mailbox: Mailbox
) -> None:
    organisation_id = member(notify)
    mailbox.refusals[ADDRESS] = "550 no such mailbox"
    pay(notify, organisation_id)
    notify.host.settle()
    assert [one["status"] for one in notify.deliveries()] == ["bounced"]
    pay(notify, organisation_id)
    notify.host.settle()
    suppressed, bounced = notify.deliveries()
    assert (suppressed["status"], suppressed["reason"]) == ("suppressed", "bounced_before")
    mailbox.refusals.clear()
    operator = Caller(notify.host, kit.actor("operator"))
    operator("notify.requeue_delivery", delivery_id=bounced["delivery_id"])
    notify.host.settle()
    assert [one["status"] for one in notify.deliveries()] == ["suppressed", "sent"]
    with pytest.raises(ConflictError):
        operator("notify.requeue_delivery", delivery_id=bounced["delivery_id"])


def test_a_process_that_dies_while_sending_loses_nothing(notify: Notify, mailbox: Mailbox) -> None:
    pay(notify, member(notify))
    now = clock.system_now()
    with notify.host.executors["notify"].sessions.begin() as session:
        (claimed,) = actions.claim(session, "email", now=now, until=now, most=10)
    notify.make_due()
    notify.host.settle()
    ((_, raw),) = mailbox.mails
    (delivery,) = notify.deliveries()
    assert parsed(raw)["message-id"].startswith(f"<{claimed.id}@")
    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["lost", "succeed"]


def test_a_claim_that_was_taken_over_settles_nothing(notify: Notify, mailbox: Mailbox) -> None:
    pay(notify, member(notify))
    executor = notify.host.executors["notify"]
    now = clock.system_now()
    with executor.sessions.begin() as session:
        (stale,) = actions.claim(session, "email", now=now, until=now, most=10)
        version = stale.version
    with executor.sessions.begin() as session:
        later = clock.system_now()
        assert len(actions.claim(session, "email", now=later, until=later, most=10)) == 1
    with executor.system_session("test", kit.DISTRICT) as session:
        outcome = actions.Outcome("succeed", "250")
        assert not actions.settle(session, delivery_id=stale.id, version=version, outcome=outcome, now=now, chance=0)


def test_a_mail_server_that_is_away_costs_one_try_and_loses_nothing(
    notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:9")
    for _ in range(3):
        pay(notify, member(notify))
    notify.host.settle()
    statuses = sorted(one["status"] for one in notify.deliveries())
    assert statuses == ["failed", "queued", "queued"]


def test_registry_away_is_a_retry_and_tries_end(
    notify: Notify, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(wanted: Any) -> dict[str, str]:
        raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE)

    monkeypatch.setenv("DELIVERY_MAX_ATTEMPTS", "2")
    pay(notify, member(notify))
    with monkeypatch.context() as patch:
        patch.setattr(addresses, "ask_registry", away)
        notify.host.settle()
        assert [one["status"] for one in notify.deliveries()] == ["failed"]
        notify.make_due()
        notify.host.settle()
    assert [one["status"] for one in notify.deliveries()] == ["abandoned"]
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("email", "reason"),
    [(None, "no_address"), ("a@b\r\nBcc: c@d", "address_unusable"), ("a@b,c@d", "address_unusable")],
)
def test_nothing_is_sent_without_a_usable_address(
    notify: Notify, mailbox: Mailbox, email: str | None, reason: str
) -> None:
    pay(notify, member(notify, email))
    notify.host.settle()
    (delivery,) = notify.deliveries()
    assert (delivery["status"], delivery["reason"]) == ("suppressed", reason)
    assert mailbox.mails == []


def test_a_kind_switched_off_is_in_the_inbox_but_not_mailed(notify: Notify, mailbox: Mailbox) -> None:
    resident = notify.open_account("resident", streets=(ZHUHAI,), email=ADDRESS)
    Caller(notify.host, resident)("notify.set_preference", kind="orders", channel="email", enabled=False)
    order = OrderConfirmed(
        order_id=ids.new_id("ord"),
        confirmed_by="requester",
        organisation_id=None,
        account_id=None,
        requester_account_id=resident.account_id or "",
        street_codes=[ZHUHAI],
    )
    notify.hear(order)
    notify.host.settle()
    assert len(notify.inbox(resident)) == 1
    assert notify.deliveries() == []
    assert mailbox.mails == []


def test_the_dashboard_counts_what_the_lists_show(notify: Notify, mailbox: Mailbox) -> None:
    for _ in range(3):
        pay(notify, member(notify))
    notify.host.settle()
    board = Caller(notify.host, kit.actor("bureau"))("notify.get_notify_dashboard")
    assert {"channel": "email", "status": "sent", "count": 3} in board["deliveries"]
    assert board["waiting"] == 0
    money = [row for row in board["by_kind"] if row["kind"] == "money"]
    assert money == [{"kind": "money", "kind_zh": "资金", "count": 3, "unread": 3}]
