"""The end: money to the fen, messages once, a dashboard that equals a recount, outboxes empty."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from deploy.pilot import chapter_trail
from deploy.pilot.chapter_delivery import fen
from deploy.pilot.stage import Stage


def close_books(stage: Stage) -> None:
    """Everything that must hold when all is done."""
    with stage.chapter("核对：资金、消息、看板、总线 · money, messages, dashboard, bus"):
        _wait_for_deliveries(stage)
        stage.settle()
        check_money(stage)
        check_messages(stage)
        check_dashboard(stage)
        check_bus(stage)
        chapter_trail.count_entries(stage)


def _wait_for_deliveries(stage: Stage, seconds: float = 60) -> None:
    """Mail and webhooks leave on their own time; what was tried and failed is due again within a minute."""
    until = time.monotonic() + seconds
    while stage.people["bureau"].get("/v1/dashboard")["notify"]["waiting"] and time.monotonic() < until:
        time.sleep(0.3)


def check_money(stage: Stage) -> None:
    """Pool = disbursed − returned + remaining, and the tranches tell the same story."""
    money = stage.people["bureau"].get(f"/v1/rounds/{stage.made['round_id']}/money")
    pool, disbursed, returned, remaining = (fen(money[key]) for key in ("pool", "disbursed", "returned", "remaining"))
    stage.checks.equal("资金平衡 pool = disbursed − returned + remaining", pool, disbursed - returned + remaining)
    awards = stage.people["bureau"].every("/v1/awards", round_id=stage.made["round_id"])
    paid = sum(fen(one["amount"]) for award in awards for one in award["tranches"] if one["status"] == "paid")
    stage.checks.equal("拨付合计等于各期之和 disbursed = sum of paid tranches", disbursed, paid)
    stage.tell(
        "资金（元）pool / disbursed / returned / remaining",
        " / ".join(money[key] for key in ("pool", "disbursed", "returned", "remaining")),
    )


def check_messages(stage: Stage) -> None:
    """Inbox, mail and webhook: each message once."""
    inboxes = {
        key: list(stage.people[key].every("/v1/messages")) for key in ("enterprise", stage.made["cso"][1]["login"])
    }
    seen = [(key, one["event_id"], one["kind"]) for key, rows in inboxes.items() for one in rows]
    stage.checks.true("收件箱有消息且不重复 inbox: each once", bool(seen) and len(seen) == len(set(seen)), len(seen))
    mails = Counter(mail["message_id"] for mail in stage.http.get(f"{stage.peers}/mails").json())
    stage.checks.true("邮件各一封 e-mail: each once", bool(mails) and set(mails.values()) == {1}, len(mails))
    hooks = Counter(hook["headers"]["webhook-id"] for hook in stage.http.get(f"{stage.peers}/webhooks").json())
    stage.checks.true("回调各一次 webhook: each once", bool(hooks) and set(hooks.values()) == {1}, len(hooks))
    sent = [
        row for row in stage.people["bureau"].get("/v1/dashboard")["notify"]["deliveries"] if row["status"] == "sent"
    ]
    stage.checks.equal(
        "送达数等于对方所收 deliveries sent = received by the peers",
        {row["channel"]: row["count"] for row in sent},
        {"email": len(mails), "webhook": len(hooks)},
    )
    stage.tell("消息：收件箱 / 邮件 / 回调 messages", f"{len(seen)} / {len(mails)} / {len(hooks)}")


def check_dashboard(stage: Stage) -> None:
    """The page's numbers against a recount of the lists, as anybody could make it."""
    bureau = stage.people["bureau"]
    page = bureau.get("/v1/dashboard")
    for sentence, shown, path in (
        ("看板订单 = 复算 orders", page["projects"]["orders"], "/v1/orders"),
        ("看板项目 = 复算 projects", page["projects"]["projects"], "/v1/projects"),
        ("看板轮次 = 复算 rounds", page["projects"]["rounds"], "/v1/rounds"),
        ("看板孵化 = 复算 cases", page["registry"]["cases_by_status"], "/v1/cases"),
        ("看板对接 = 复算 allocations", page["resources"]["allocations"], "/v1/allocations"),
    ):
        stage.checks.equal(sentence, _by_status(shown), dict(Counter(row["status"] for row in bureau.every(path))))
    money = [bureau.get(f"/v1/rounds/{row['round_id']}/money") for row in bureau.every("/v1/rounds")]
    stage.checks.equal(
        "看板资金 = 复算 money",
        {name: fen(page["projects"]["money"][name]) for name in ("pool", "disbursed", "returned", "remaining")},
        {name: sum(fen(row[name]) for row in money) for name in ("pool", "disbursed", "returned", "remaining")},
    )
    organisations = Counter(row["kind"] for row in bureau.every("/v1/organisations"))
    stage.checks.equal("看板组织 = 复算 organisations", page["registry"]["organisations_by_kind"], dict(organisations))


def _by_status(rows: Any) -> dict[str, int]:
    """Counts by status, from ``{status: n}`` or rows of ``{status, count}``."""
    if isinstance(rows, dict):
        return {key: int(value) for key, value in rows.items() if value}
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["status"]] += row["count"]
    return {key: value for key, value in counted.items() if value}


def check_bus(stage: Stage) -> None:
    """Every outbox empty, nothing parked."""
    states = stage.admin.get("/v1/bus")
    stage.checks.equal("发件箱全空 outboxes empty", sum(state["unsent"] for state in states.values()), 0)
    stage.checks.equal("无滞留消息 nothing parked", sum(state["parked"] for state in states.values()), 0)
