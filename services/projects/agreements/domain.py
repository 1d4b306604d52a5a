"""Agreements: the transition table, what a version says and hashes to, and which changes of terms are allowed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_money import MoneyCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "sign_a"): "signed_by_a",
    ("proposed", "sign_b"): "signed_by_b",
    ("signed_by_a", "sign_b"): "in_force",
    ("signed_by_b", "sign_a"): "in_force",
    ("proposed", "withdraw"): "withdrawn",
    ("signed_by_a", "withdraw"): "withdrawn",
    ("signed_by_b", "withdraw"): "withdrawn",
    ("in_force", "supersede"): "superseded",
}
OPEN = ("proposed", "signed_by_a", "signed_by_b")
Terms = dict[str, Any]


def next_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair: so nobody signs twice, and nothing after it is in force."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(MoneyCode.AGREEMENT_STATE, status=status, action=action) from None


def check_withdrawal(number: int) -> None:
    """The first version is the award's offer: it is signed, or the award stays an offer."""
    if number == 1:
        raise ConflictError(MoneyCode.AGREEMENT_STATE, status="first_version", action="withdraw")


def check_read(*, told: str | None, content_hash: str) -> None:
    """Nobody signs what they did not read."""
    if told is not None and told != content_hash:
        raise ConflictError(MoneyCode.AGREEMENT_DIFFERS, content_hash=content_hash)


def text_of(*, number: int, title: str, party_b: str, terms: Mapping[str, Any], reason: str | None = None) -> str:
    """The agreement in words, made of its terms alone, so that words and terms cannot differ."""
    lines = [
        f"资助协议（第 {number} 版）",
        f"项目：{title}",
        "甲方：民政部门（街道）",
        f"乙方：{party_b}",
        f"资助金额：{_yuan(terms['amount_fen'])} 元",
        *(f"第 {row['number']} 期拨付：{_yuan(row['amount_fen'])} 元" for row in terms["tranches"]),
        *(_milestone(row) for row in terms["milestones"]),
        *(f"预算：{row['line']} {_yuan(row['amount_fen'])} 元" for row in terms["budget"]),
        f"起止：{terms['starts_on'] or '未定'} 至 {terms['ends_on'] or '未定'}",
        "拨付条件：对应里程碑验收通过，且上一期已报告使用情况。结余资金退回资金池；违约的，资金追缴并列入禁入名单。",
    ]
    return "\n".join([*lines, *([f"变更原因：{reason}"] if reason else [])]) + "\n"


def _milestone(row: Mapping[str, Any]) -> str:
    bound = f"，对应第 {row['tranche_number']} 期拨付" if row.get("tranche_number") else ""
    return f"里程碑 {row['number']}：{row['title']}，{row['due_on'] or '未定'} 前{bound}"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def change_tranches(
    now: Sequence[Mapping[str, Any]], asked: Sequence[Mapping[str, Any]], *, amount_fen: int
) -> list[dict[str, Any]]:
    """``now``: ``[{number, amount_fen, status}]``. What is released or paid stays; all add up to the amount."""
    wanted = {row["number"]: row["amount_fen"] for row in asked}
    known = {row["number"] for row in now}
    problems = [f"tranche {number}: unknown" for number in wanted if number not in known]
    if len(wanted) != len(asked):
        problems.append("tranches: each once")
    made = []
    for row in now:
        amount = wanted.get(row["number"], row["amount_fen"])
        if row["status"] != "planned" and amount != row["amount_fen"]:
            problems.append(f"tranche {row['number']}: {row['status']} already")
        if amount <= 0 < row["amount_fen"]:
            problems.append(f"tranche {row['number']}: above zero")
        made.append({"number": row["number"], "amount_fen": amount})
    if sum(row["amount_fen"] for row in made) != amount_fen:
        problems.append("tranches: add up to the amount")
    refuse(problems)
    return made


def change_milestones(
    now: Sequence[Mapping[str, Any]], asked: Sequence[Mapping[str, Any]], *, tranches: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """``now``: ``[{number, title, due_on, tranche_number, status}]``. What is accepted stays; one per tranche."""
    wanted = {row["number"]: row for row in asked}
    status = {row["number"]: row["status"] for row in now}
    numbers = {row["number"] for row in tranches}
    problems = [f"milestone {number}: unknown" for number in wanted if number not in status]
    problems += [f"milestone {number}: accepted already" for number in wanted if status.get(number) == "accepted"]
    made = []
    for row in now:
        kept = {name: row[name] for name in ("number", "title", "due_on", "tranche_number")}
        given = wanted.get(row["number"], {})
        made.append({**kept, **{name: given[name] for name in ("due_on", "tranche_number") if name in given}})
    bound = [row["tranche_number"] for row in made if row["tranche_number"]]
    if len(bound) != len(set(bound)) or set(bound) - numbers:
        problems.append("milestones: each bound to a tranche of its own")
    refuse(problems)
    return made


def check_amount(*, amount_fen: int, award_fen: int, settled_fen: int) -> None:
    """Never above the award, never below what is released or paid already."""
    if not 0 < amount_fen <= award_fen or amount_fen < settled_fen:
        refuse([f"amount: between {_yuan(max(settled_fen, 1))} and {_yuan(award_fen)}"])


def check_differs(before: Terms, after: Terms) -> None:
    """A new version changes something."""
    if before == after:
        refuse(["terms: nothing is changed"])


def refuse(problems: Sequence[str]) -> None:
    """Everything that is wrong at once."""
    if problems:
        raise InvalidError(MoneyCode.AGREEMENT_TERMS_INVALID, problems=list(problems))
