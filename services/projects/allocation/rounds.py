"""The decision of a round, from what its audit bundle publishes: plain data in, outcomes out, the same every time.

A pot is money, a rule and a score. A round has one pot, in which judges and residents count by their weights, or two:
the judges' and the residents', decided one after the other, the second with what the first left over. Equal Shares
counts ballots; under it the weighted score decides who is worthy (``minimum_score``) and the order of the reserve.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from services.projects.allocation import earmarking, reasons, rules
from services.projects.allocation.knapsack import Limits
from services.projects.allocation.model import AllocationError, Ballot, Election, Project, grouped
from services.projects.allocation.rules import Options

_FRACTION = re.compile(r"-?\d{1,200}(/[1-9]\d{0,199})?", re.ASCII)
RULES = ("rank_until_exhausted", "rank_with_skip", "threshold", "knapsack", "equal_shares")
FEN = 100
Inputs = Mapping[str, Any]
Row = dict[str, Any]


class Entry(NamedTuple):
    """A proposal of the round with its scores out of 100; ``barred`` says why it may not win."""

    id: str
    amount_fen: int
    judges: Fraction
    residents: Fraction
    combined: Fraction
    support: int
    field: str | None
    street: str | None
    barred: str | None


def decide_round(inputs: Inputs) -> list[Row]:
    """Outcomes in the order of the ranking. Never over the budget; nothing above the cap or below the minimum score."""
    allocation, entries = inputs["allocation"], entries_of(inputs)
    ranks = tie_ranks(inputs, entries)
    order = sorted(entries, key=lambda entry: (-entry.combined, ranks[entry.id]))
    won: dict[str, int] = {}
    why: dict[str, dict[str, Any]] = {}
    for pot in pots_of(allocation, inputs["budget_fen"]):
        budget = pot.budget_fen + (_unspent(inputs, won) - pot.kept_fen if pot.takes_rest else 0)
        made = _decide_pot(inputs, pot, [entry for entry in order if entry.id not in won], ranks, budget)
        won |= {name: made.by_id[name] for name in made.selected}
        why |= {name: {**reason, "pot": pot.name} for name, reason in made.why.items()}
    partial = _partial(order, why, won, allocation, _unspent(inputs, won))
    won |= partial
    return earmarking.respected(inputs, _rows(order, won, why, allocation, set(partial)))


def _unspent(inputs: Inputs, won: Mapping[str, int]) -> int:
    return int(inputs["budget_fen"]) - sum(won.values())


# who runs ------------------------------------------------------------------------------------------------------------


def entries_of(inputs: Inputs) -> list[Entry]:
    """Judges and residents by their weights; the residents' part is a share of the points they could give."""
    allocation, voters = inputs["allocation"], inputs["voters"] * inputs.get("full_points", 1)
    entries = []
    for item in inputs["candidates"]:
        judges = _score_of(item["judge_score"])
        residents = Fraction(100 * item["support"], voters) if voters else Fraction()
        combined = (judges * allocation["judge_weight"] + residents * allocation["resident_weight"]) / 100
        entry = Entry(
            id=item["proposal_id"],
            amount_fen=item["amount_fen"],
            judges=judges,
            residents=residents,
            combined=combined,
            support=item["support"],
            field=item.get("field"),
            street=item.get("street_code"),
            barred=item.get("barred"),
        )
        above = entry.amount_fen > inputs["cap_fen"]
        entries.append(entry._replace(barred="above_cap") if above and not entry.barred else entry)
    return entries


def _score_of(text: str) -> Fraction:
    """``471/6`` or ``78``; nothing that takes long to read."""
    if not _FRACTION.fullmatch(text):
        raise AllocationError("score_invalid", "评分格式有误。", "A judge_score is a fraction such as 471/6.")
    return Fraction(text)


def tie_ranks(inputs: Inputs, entries: Sequence[Entry]) -> dict[str, int]:
    """The frozen tie-break, and at last the id, so that the order is always total."""
    submitted = {item["proposal_id"]: item["order"] for item in inputs["candidates"]}

    def key(entry: Entry) -> tuple[Any, ...]:
        values = {
            "judge_score": -entry.judges,
            "support": -entry.support,
            "lower_amount": entry.amount_fen,
            "earlier_submission": submitted[entry.id],
        }
        return (*(values[name] for name in inputs["allocation"]["tie_break"]), entry.id)

    return {entry.id: rank for rank, entry in enumerate(sorted(entries, key=key))}


# pots ----------------------------------------------------------------------------------------------------------------


class Pot(NamedTuple):
    """``kept_fen`` is what later pots are sure of, so that the rest before them is not taken twice."""

    name: str
    rule: str
    budget_fen: int
    kept_fen: int = 0
    takes_rest: bool = False


class Made(NamedTuple):
    """What a pot selected, with amounts and reasons."""

    selected: list[str]
    by_id: dict[str, int]
    why: dict[str, dict[str, Any]]


def pots_of(allocation: Mapping[str, Any], budget_fen: int) -> list[Pot]:
    """One pot by the round's rule, or the judges' and the residents' in the order that was frozen."""
    pots = allocation.get("pots")
    if not pots:
        return [Pot("weighted", allocation["rule"], budget_fen)]
    judges_fen = budget_fen * pots["judge_percent"] // 100
    both = [
        Pot("judges", pots["judge_rule"], judges_fen),
        Pot("residents", pots["resident_rule"], budget_fen - judges_fen),
    ]
    if pots["first"] == "residents":
        both.reverse()
    first, second = both
    return [first, second._replace(kept_fen=second.budget_fen, takes_rest=True)]


def _decide_pot(inputs: Inputs, pot: Pot, running: Sequence[Entry], ranks: Mapping[str, int], budget: int) -> Made:
    allocation = inputs["allocation"]
    worthy = [entry for entry in running if not entry.barred and entry.combined >= allocation["minimum_score"]]
    scores = {entry.id: _score(entry, pot.name, whole=pot.rule == "knapsack") for entry in worthy}
    counted = pot.rule == "equal_shares"
    ballots: list[Ballot] = _ballots(inputs, scores) if counted else [scores]
    groups, point = grouped(ballots)
    election = Election(
        projects=tuple(
            Project(id=entry.id, cost=entry.amount_fen, field=entry.field, street=entry.street) for entry in worthy
        ),
        budget=budget,
        groups=groups,  # type: ignore[arg-type]
        unit=FEN,
        point=point,
        approval=counted and point == 1 and all(value == 1 for ballot in ballots for value in ballot.values()),
    )
    made = rules.decide(election, options_of(allocation, pot.rule), ranks=ranks)
    return Made(made.selected, {entry.id: entry.amount_fen for entry in worthy}, made.explanations)


def _score(entry: Entry, pot: str, *, whole: bool) -> Fraction:
    """Out of 100. The knapsack adds scores rounded to two places, half up, so that its total can be checked by hand."""
    score = {"weighted": entry.combined, "judges": entry.judges, "residents": entry.residents}[pot]
    return Fraction(math.floor(score * 100 + Fraction(1, 2)), 100) if whole else score


def _ballots(inputs: Inputs, known: Mapping[str, Any]) -> list[Ballot]:
    """Every ballot counts as a voter, also one that supports nothing that is still in the running."""
    return [{name: points for name, points in ballot.items() if name in known} for ballot in inputs["ballots"]]


def options_of(allocation: Mapping[str, Any], rule: str) -> Options:
    """The frozen parameters; rounds that were frozen before a parameter existed have its old behaviour."""
    minimums, caps = {}, {}
    for limit in allocation.get("limits") or ():
        name = f"{limit['kind']}:{limit['code']}"
        if limit.get("minimum_fen"):
            minimums[name] = limit["minimum_fen"]
        if limit.get("cap_fen") is not None:
            caps[name] = limit["cap_fen"]
    return Options(
        rule=rule,
        completion=allocation.get("completion", "none"),
        stop=allocation.get("stop", "over_budget"),
        utility=allocation.get("utility"),
        increment=allocation.get("increment_fen", FEN),
        limits=Limits(minimums=minimums, caps=caps),
    )


# what is left --------------------------------------------------------------------------------------------------------


def _partial(
    order: Sequence[Entry],
    why: Mapping[str, Mapping[str, Any]],
    won: Mapping[str, int],
    allocation: Mapping[str, Any],
    left: int,
) -> dict[str, int]:
    """The rest goes to the best placed that asked for more than it, if it is the stated share of what was asked."""
    percent = allocation.get("partial_percent") or 0
    for entry in order:
        if not percent or entry.id in won or entry.id not in why:
            continue
        if entry.amount_fen > left > 0 and left * 100 >= entry.amount_fen * percent:
            return {entry.id: left}
        if allocation["rule"] == "rank_until_exhausted" and not allocation.get("pots"):
            break
    return {}


def _rows(
    order: Sequence[Entry],
    won: Mapping[str, int],
    why: Mapping[str, dict[str, Any]],
    allocation: Mapping[str, Any],
    partial: set[str],
) -> list[Row]:
    rows, reserves = [], 0
    for rank, entry in enumerate(order, start=1):
        reason = why.get(entry.id)
        outcome = "not_recommended"
        if entry.id in won:
            outcome = "recommended"
        elif reason is not None and reserves < allocation["reserve_limit"]:
            outcome, reserves = "reserve", reserves + 1
        granted = won.get(entry.id, entry.amount_fen)
        words = _words(entry, rank, reason, outcome, allocation, granted if entry.id in partial else None)
        figures = {key: value for key, value in (reason or {}).items() if key in FIGURES}
        rows.append(
            {
                "proposal_id": entry.id,
                "outcome": outcome,
                "rank": rank,
                "amount_fen": granted,
                "asked_fen": entry.amount_fen,
                "judge_score": reasons.places(entry.judges),
                "support": entry.support,
                "combined": reasons.places(entry.combined),
                "reason": _reason(entry, reason, entry.id in partial),
                "figures": figures,
                "explanation": words,
            }
        )
    return rows


FIGURES = ("pot", "would_win", "missing", "price_per_supporter", "price_per_point", "left", "paid_all", "step")


def _reason(entry: Entry, reason: Mapping[str, Any] | None, partial: bool) -> str:
    if partial:
        return "partial"
    return str(reason["reason"]) if reason else entry.barred or "below_minimum_score"


BARRED = {
    "above_cap": ("申请金额高于单项上限，不参与分配。", "Above the cap per proposal: excluded."),
    "organisation_in_breach": ("申请组织有未结违约，不参与分配。", "The organisation is in breach: excluded."),
}


def _words(
    entry: Entry,
    rank: int,
    reason: Mapping[str, Any] | None,
    outcome: str,
    allocation: Mapping[str, Any],
    partial: int | None,
) -> dict[str, str]:
    score = reasons.places(entry.combined)
    zh, en = f"综合得分 {score}，总排名第 {rank}。", f"Combined score {score}, overall rank {rank}. "
    if reason is None and entry.barred:
        why = BARRED[entry.barred]
    elif reason is None:
        least = allocation["minimum_score"]
        why = f"低于最低分 {least}。", f"Below the minimum score of {least}."
    else:
        why = reason["zh"], reason["en"]
    zh, en = zh + why[0], en + why[1]
    if partial is not None:
        granted = reasons.short(Fraction(partial), FEN)
        zh, en = zh + f"余款 {granted} 元予以部分资助。", en + f" Funded in part with the {granted} yuan left."
    elif outcome == "reserve":
        zh, en = zh + "列入候补。", en + " On the reserve list."
    return {"zh": zh, "en": en}
