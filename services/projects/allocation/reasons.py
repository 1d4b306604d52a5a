"""Why each project was or was not selected, in figures and in two languages. No other project is named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from services.projects.allocation import knapsack, ranking, shares
from services.projects.allocation.completion import Completed
from services.projects.allocation.margins import Margin, margin
from services.projects.allocation.model import Election, Number

WITHDRAWN = ("已退出，不参与分配。", "Withdrawn: it does not take part.")
SOLVED_LOSERS = 60


def money(value: int, unit: int) -> int | float:
    """Units of the election as currency: a whole number where it is one."""
    amount = Fraction(value, unit)
    return amount.numerator if amount.denominator == 1 else float(amount)


def number(value: Number) -> int | float:
    """Points likewise."""
    exact_value = Fraction(value)
    return exact_value.numerator if exact_value.denominator == 1 else float(exact_value)


def exact(value: Fraction, unit: int) -> str:
    """A fraction of currency as text, e.g. ``2807253/5045``."""
    return str(value / unit)


def short(value: Fraction, unit: int = 1) -> str:
    """The same for people: two places, half up."""
    cents = math.floor(abs(value) / unit * 100 + Fraction(1, 2))
    text = f"{cents // 100}.{cents % 100:02d}".removesuffix(".00")
    return f"-{text}" if value < 0 else text


def made(selected: bool, reason: str, words: tuple[str, str], **figures: Any) -> dict[str, Any]:
    """One explanation."""
    return {"selected": selected, "reason": reason, **figures, "zh": words[0], "en": words[1]}


# rankings ---------------------------------------------------------------------------------------------------------


def of_place(election: Election, done: ranking.Ranking, place: ranking.Place, *, threshold: Number) -> dict[str, Any]:
    """Score, position and cut-off; for a loser the least that would have won."""
    item, unit = done.order[place.position - 1], election.unit
    score = short(Fraction(item.score))
    head = f"得分 {score}，排名第 {place.position}。", f"Score {score}, position {place.position}. "
    left, cost = short(Fraction(place.left), unit), short(Fraction(item.cost), unit)
    why = {
        "won": (f"轮到时尚余 {left}，足以支付 {cost}。", f"At its turn {left} were left, enough for {cost}."),
        "excluded": WITHDRAWN,
        "below_threshold": (
            f"低于门槛 {short(Fraction(threshold))}。",
            f"Below the threshold of {short(Fraction(threshold))}.",
        ),
        "stopped": ("排名在前者未能容纳，分配已止。", "The rule had stopped at one that did not fit."),
        "too_expensive": (f"轮到时仅余 {left}，不足 {cost}。", f"At its turn only {left} were left of {cost}."),
    }[place.why]
    figures: dict[str, Any] = {
        "score": number(item.score),
        "rank": place.position,
        "left": money(place.left, unit),
        "supporters": election.supporters[item.id],
    }
    tail = ("", "")
    if place.why not in {"won", "excluded"}:
        lacking = ranking.needs(done, place.id, threshold=threshold)
        figures["would_win"] = _wishes(lacking, unit)
        tail = _needed(lacking, unit)
    return made(place.won, place.why, (head[0] + why[0] + tail[0], head[1] + why[1] + tail[1]), **figures)


def _wishes(lacking: ranking.Needs, unit: int) -> dict[str, Any]:
    wishes: dict[str, Any] = {}
    if lacking.score is not None:
        wishes["score_above" if lacking.strictly else "score"] = number(lacking.score)
    if lacking.cost is not None:
        wishes["cost"] = money(lacking.cost, unit)
    return wishes


def _needed(lacking: ranking.Needs, unit: int) -> tuple[str, str]:
    zh, en = [], []
    if lacking.score is not None:
        score = short(Fraction(lacking.score))
        zh.append(f"得分高于 {score}" if lacking.strictly else f"得分达到 {score}")
        en.append(f"a score above {score}" if lacking.strictly else f"a score of {score}")
    if lacking.cost is not None:
        zh.append(f"费用不超过 {short(Fraction(lacking.cost), unit)}")
        en.append(f"a cost of at most {short(Fraction(lacking.cost), unit)}")
    if not zh:
        return (
            "其他条件不变时，仅凭得分或费用均无法入选。",
            " Neither its score nor its cost alone would have been enough.",
        )
    return f"若{'，或'.join(zh)}，即可入选。", f" It would have won with {', or '.join(en)}."


# Equal Shares -----------------------------------------------------------------------------------------------------


def of_shares(election: Election, market: shares.Market, done: Completed) -> dict[str, dict[str, Any]]:
    """Supporters, price per supporter; for a loser what its supporters lacked and what would have won."""
    steps = {step.project_id: (number, step) for number, step in enumerate(done.run.steps, start=1)}
    why = {}
    for project in election.projects:
        supporters = election.supporters[project.id]
        if project.id in steps:
            why[project.id] = _bought(election, market, *steps[project.id])
        elif project.id in market.free:
            words = "无需费用，且有支持者。", "It costs nothing and has supporters."
            why[project.id] = made(True, "free", words, supporters=supporters)
        elif project.id in done.added:
            left = short(Fraction(done.turns[project.id]), election.unit)
            words = f"由余款补选：轮到时尚余 {left}。", f"Added by completion: {left} were left at its turn."
            why[project.id] = made(True, "completed", words, supporters=supporters)
        elif project.withdrawn:
            why[project.id] = made(False, "excluded", WITHDRAWN, supporters=supporters)
        elif project.id not in market.buckets or not done.purse:
            words = "没有可为其付费的支持者。", "No supporter who could pay for it."
            why[project.id] = made(False, "unsupported", words, supporters=supporters)
        else:
            lacking = margin(market, done.run, project.id, purse=done.purse)
            why[project.id] = _lost(election, lacking, supporters, done.turns.get(project.id, 0))
    return why


def _bought(election: Election, market: shares.Market, number: int, step: shares.Step) -> dict[str, Any]:
    supporters, unit = election.supporters[step.project_id], election.unit
    price = step.price * market.point
    paid_all = sum(
        count
        for weight, count, groups in market.buckets[step.project_id]
        for group in groups
        if step.purses[group] * step.price.denominator < step.price.numerator * weight * step.denominator
    )
    each = short(price, unit)
    by_points = market.utility == "points" and not election.approval
    unit_zh, unit_en = ("每分", "per point") if by_points else ("每位", "each")
    words = (
        f"第 {number} 个入选：{supporters} 位支持者分担，{unit_zh}付 {each}；{paid_all} 位余额不足，付出全部余额。",
        f"Number {number}: shared by {supporters} supporters, {each} {unit_en}; {paid_all} had less and gave all.",
    )
    name = "price_per_point" if by_points else "price_per_supporter"
    figures = {"supporters": supporters, name: exact(price, unit), "rate": str(step.rate)}
    return made(True, "bought", words, step=number, paid_all=paid_all, **figures)


def _lost(election: Election, lacking: Margin, supporters: int, left: int) -> dict[str, Any]:
    unit, cost = election.unit, max(lacking.cost, left)
    missing, price = short(lacking.missing, unit), short(Fraction(cost), unit)
    words = (
        f"{supporters} 位支持者的余额合计尚缺 {missing}。若费用不超过 {price}，"
        f"或再有 {lacking.voters} 位持完整份额的支持者，即可入选。",
        f"Its {supporters} supporters lacked {missing} in the end. It would have won at a cost of at most {price}, "
        f"or with {lacking.voters} more supporters who hold a whole share.",
    )
    wishes = {"cost": money(cost, unit), "supporters": lacking.voters}
    figures = {"supporters": supporters, "missing": exact(lacking.missing, unit), "would_win": wishes}
    return made(False, "unaffordable", words, **figures)


# knapsack ---------------------------------------------------------------------------------------------------------


def of_knapsack(
    election: Election,
    items: Sequence[knapsack.Item],
    packed: knapsack.Packed,
    limits: knapsack.Limits,
    threshold: Number,
) -> dict[str, dict[str, Any]]:
    """Score and cost; for a loser what a selection with it would have reached (where there are few enough to solve)."""
    chosen, known = set(packed.chosen), {item.id: item for item in items}
    solve = len(items) - len(chosen) <= SOLVED_LOSERS
    why = {}
    for project in election.projects:
        score = number(Fraction(election.scores[project.id], election.point))
        figures = {"score": score, "supporters": election.supporters[project.id]}
        item = known.get(project.id)
        if project.id in chosen:
            words = "属于总分最高的组合。", "Part of the selection with the greatest total."
            why[project.id] = made(True, "won", words, **figures)
        elif project.withdrawn:
            why[project.id] = made(False, "excluded", WITHDRAWN, **figures)
        elif item is None:
            least = short(Fraction(threshold))
            words = f"低于门槛 {least}。", f"Below the threshold of {least}."
            why[project.id] = made(False, "below_threshold", words, **figures)
        else:
            with_it = (
                knapsack.total_with(items, packed, item.id, budget=election.budget, limits=limits) if solve else None
            )
            why[project.id] = _left_out(election, packed, item, with_it, figures, solve=solve)
    return why


def _left_out(
    election: Election,
    packed: knapsack.Packed,
    item: knapsack.Item,
    with_it: int | None,
    figures: dict[str, Any],
    *,
    solve: bool,
) -> dict[str, Any]:
    total = short(Fraction(packed.total, election.point))
    head = f"总分最高的组合（{total}）不含它。", f"The selection with the greatest total ({total}) is without it."
    if not solve:
        return made(False, "left_out", head, **figures)
    if with_it is None:
        words = "费用或限额使其无法入选。", " Its cost or the limits leave no room for it."
        return made(False, "no_room", (head[0] + words[0], head[1] + words[1]), **figures)
    needed = Fraction(item.score + packed.total - with_it, election.point)
    best, above = short(Fraction(with_it, election.point)), short(needed)
    words = (
        f"含它的组合至多 {best}；若得分高于 {above}，即可入选。",
        f" With it {best} at most; a score above {above} wins.",
    )
    return made(
        False,
        "left_out",
        (head[0] + words[0], head[1] + words[1]),
        would_win={"score_above": number(needed)},
        **figures,
    )


def places(value: Fraction) -> str:
    """A score with two places, half up, e.g. ``78.50``."""
    cents = math.floor(abs(value) * 100 + Fraction(1, 2))
    return f"{'-' if value < 0 and cents else ''}{cents // 100}.{cents % 100:02d}"
