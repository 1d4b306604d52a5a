"""Why each match was made and why each unmet need went without, from the prices alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from services.resources.matching.engine.answer import Answer, Fairness, idle, received

MOST_ALTERNATIVES = 5
REASONS = {
    "nothing_fits": ("没有适合的资源。", "Nothing fits."),
    "no_worth": ("适合的资源已无存量，或没有正的效用。", "What fits has no quantity or is worth nothing here."),
    "outbid": ("适合的资源用于效用更高的需求。", "What fits serves needs that gain more by it."),
    "lots": ("最小批量或整份要求使其无法满足。", "A least lot, or wanting all or nothing, stands in the way."),
}


def document(answer: Answer) -> dict[str, Any]:
    """The whole answer in plain JSON, ids in order."""
    problem, found = answer.problem, answer.found
    made: dict[str, Any] = {
        "allocation": [
            {"offer": offer, "need": need, "quantity": count, "utility": int(problem.utility[edge])}
            for edge, offer, need, count in _used(answer)
        ],
        "prices": {
            "offers": dict(zip(problem.offer_ids, found.offer_prices.tolist(), strict=True)),
            "needs": dict(zip(problem.need_ids, found.need_prices.tolist(), strict=True)),
        },
        "primal": found.primal,
        "dual": found.dual,
        "gap": found.gap,
    }
    if answer.fairness is not None:
        made["subsidies"] = dict(found.subsidies) | dict.fromkeys(answer.fairness.unreachable, 0)
    made["explanations"] = explanations(answer)
    return made


def explanations(answer: Answer) -> dict[str, Any]:
    """``matches``, ``unmet``, ``proof`` and, of a fair round, ``fairness``."""
    made: dict[str, Any] = {
        "matches": [_match(answer, *row) for row in _used(answer)],
        "unmet": list(_unmet(answer)),
        "proof": _proof(answer),
    }
    if answer.fairness is not None:
        made["fairness"] = _fairness(answer.fairness)
    return made


def _used(answer: Answer) -> Iterator[tuple[int, str, str, int]]:
    problem, flow = answer.problem, answer.found.flow
    for edge in np.flatnonzero(flow).tolist():
        yield edge, problem.offer_ids[problem.tail[edge]], problem.need_ids[problem.head[edge]], int(flow[edge])


def _match(answer: Answer, edge: int, offer: str, need: str, count: int) -> dict[str, Any]:
    covered, found = answer.covered, answer.found
    offer_price = int(found.offer_prices[covered.tail[edge]])
    need_price = int(found.need_prices[covered.head[edge]])
    worth, given = int(covered.utility[edge]), int(answer.problem.utility[edge])
    slack = offer_price + need_price - worth
    zh = f"每单位效用 {given}" + (f"，街道补贴 {worth - given}" if worth != given else "")
    en = f"a unit is worth {given}" + (f", the street's subsidy {worth - given}" if worth != given else "")
    zh += (
        f"；资源价格 {offer_price}，需求价格 {need_price}" + (f"，比价格低 {slack}（批量所致）" if slack else "") + "。"
    )
    en += f"; price of the offer {offer_price}, of the need {need_price}"
    en += f"; {slack} short of the prices, for the sake of lots" if slack else ""
    return {
        "offer": offer,
        "need": need,
        "quantity": count,
        "utility": given,
        "subsidy": worth - given,
        "offer_price": offer_price,
        "need_price": need_price,
        "slack": slack,
        "zh": zh,
        "en": en,
    }


def _unmet(answer: Answer) -> Iterator[dict[str, Any]]:
    problem, found = answer.problem, answer.found
    got, left = received(answer), idle(answer)
    order = np.argsort(problem.head, kind="stable")
    starts = np.searchsorted(problem.head[order], np.arange(len(problem.demand) + 1))
    for need, name in enumerate(problem.need_ids):
        wanted = int(problem.demand[need])
        if got[need] >= wanted:
            continue
        edges = order[starts[need] : starts[need + 1]].tolist()
        price = int(found.need_prices[need])
        alternatives = sorted((_alternative(answer, edge, price, left) for edge in edges), key=_by_distance)
        reason = _reason(answer, need, edges, left)
        zh, en = REASONS[reason]
        yield {
            "need": name,
            "wanted": wanted,
            "received": got[need],
            "shortfall": wanted - got[need],
            "need_price": price,
            "reason": reason,
            "alternatives": alternatives[:MOST_ALTERNATIVES],
            "zh": f"缺 {wanted - got[need]}：{zh}",
            "en": f"{wanted - got[need]} short: {en}",
        }


def _alternative(answer: Answer, edge: int, need_price: int, left: Sequence[int]) -> dict[str, Any]:
    """``behind``: what a unit is short of, by the prices, before this offer would serve the need."""
    covered = answer.covered
    offer = int(covered.tail[edge])
    price = int(answer.found.offer_prices[offer])
    return {
        "offer": covered.offer_ids[offer],
        "utility": int(answer.problem.utility[edge]),
        "offer_price": price,
        "behind": price + need_price - int(covered.utility[edge]),
        "idle": left[offer],
    }


def _by_distance(row: dict[str, Any]) -> tuple[int, str]:
    return row["behind"], row["offer"]


def _reason(answer: Answer, need: int, edges: list[int], left: Sequence[int]) -> str:
    covered = answer.covered
    if not edges:
        return "nothing_fits"
    worth = [edge for edge in edges if covered.utility[edge] > 0 and covered.supply[covered.tail[edge]] > 0]
    if not worth:
        return "no_worth"
    ruled = bool(covered.whole[need]) or any(covered.lot[covered.tail[edge]] > 1 for edge in worth)
    free = any(left[covered.tail[edge]] for edge in worth)
    return "lots" if ruled and (free or answer.found.need_prices[need] > 0) else "outbid"


def _proof(answer: Answer) -> dict[str, str]:
    found = answer.found
    if found.primal == found.dual:
        return {
            "zh": "价格覆盖每条边，且价格总额等于分配总效用：没有更好的分配。",
            "en": "The prices cover every edge and add up to the value of the allocation: none is better.",
        }
    return {
        "zh": f"价格覆盖每条边：任何分配的总效用不超过 {found.dual}。差距来自批量与整份要求。",
        "en": f"The prices cover every edge: no allocation is worth more than {found.dual}. Lots make the gap.",
    }


def _fairness(fairness: Fairness) -> dict[str, Any]:
    return {
        "max_min": _pair(fairness.max_min),
        "target": _pair(fairness.target),
        "coverage": {name: _pair(share) for name, share in fairness.coverage.items()},
        "unreachable": list(fairness.unreachable),
        "promised": dict(fairness.promised),
        "short": dict(fairness.short),
    }


def _pair(share: Fraction) -> list[int]:
    return [share.numerator, share.denominator]
