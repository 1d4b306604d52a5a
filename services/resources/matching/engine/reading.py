"""An instance from a file: every member looked at, and what is wrong named with its path.

Integers throughout. Of two edges between the same pair the better one counts. An unknown member is not an error, but
it is named: it may be a misspelt one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.resources.matching.engine.problem import MOST_QUANTITY, MOST_UTILITY, Need, Offer

LONGEST_ID = 200
MOST_THETA = 10**9
EDGE = {"offer", "need", "utility"}
Edge = tuple[str, str, int]
Say = Callable[[str], None]


class InstanceError(ValueError):
    """``where``: path of the member, as in ``needs[3].quantity``; ``zh``, ``en``: what is wrong with it."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}: {zh} {en}")
        self.where = where


@dataclass(frozen=True, kw_only=True)
class Instance:
    """``theta``: the share of the best common coverage that each street is promised; ``unknown``: members not read."""

    offers: Sequence[Offer]
    needs: Sequence[Need]
    edges: Iterable[Edge]
    theta: Fraction | None = None
    unknown: Sequence[str] = ()


def parse(text: str | bytes) -> Instance:
    """Raises :class:`InstanceError`."""
    names: dict[str, str] = {}

    def shrink(pairs: list[tuple[str, Any]]) -> Any:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise InstanceError("$", "同一对象中成员重复。", "an object names a member twice")
        if found.keys() == EDGE and isinstance(found["offer"], str) and isinstance(found["need"], str):
            offer, need = found["offer"], found["need"]  # millions of edges: small, each name once
            return names.setdefault(offer, offer), names.setdefault(need, need), found["utility"]
        return found

    try:
        document = json.loads(text, object_pairs_hook=shrink)
    except InstanceError:
        raise
    except RecursionError as error:
        raise InstanceError("$", "嵌套过深。", "nested too deeply") from error
    except ValueError as error:
        if "integer string conversion" in str(error):
            raise InstanceError("$", "有一个整数过长。", "an integer is too long") from error
        raise InstanceError("$", "不是有效的 JSON。", f"not JSON: {error}") from error
    return read(document)


def read(document: Any) -> Instance:
    """The same from what JSON parses to. Raises :class:`InstanceError`."""
    root = _members(document, "$", required=("offers", "needs", "edges"))
    unknown: dict[str, None] = dict.fromkeys(sorted(root.keys() - {"offers", "needs", "edges", "theta"}))
    say = unknown.setdefault
    offers = [_offer(row, f"offers[{at}]", say) for at, row in enumerate(_rows(root["offers"], "offers"))]
    needs = [_need(row, f"needs[{at}]", say) for at, row in enumerate(_rows(root["needs"], "needs"))]
    _check_side("offers", offers)
    _check_side("needs", needs)
    return Instance(
        offers=offers,
        needs=needs,
        edges=_columns(root["edges"], offers, needs, say)
        if isinstance(root["edges"], dict)
        else _edges(root["edges"], {offer.id for offer in offers}, {need.id for need in needs}, say),
        theta=None if root.get("theta") is None else _theta(root["theta"]),
        unknown=tuple(unknown),
    )


def _offer(row: Any, where: str, say: Say) -> Offer:
    found = _members(row, where, required=("id", "quantity"))
    _tell(found, {"id", "quantity", "minimum_lot"}, "offers[]", say)
    lot = found.get("minimum_lot")
    return Offer(
        id=_id(found["id"], f"{where}.id"),
        quantity=_whole(found["quantity"], f"{where}.quantity", 0, MOST_QUANTITY),
        minimum_lot=1 if lot is None else max(_whole(lot, f"{where}.minimum_lot", 0, MOST_QUANTITY), 1),
    )


def _need(row: Any, where: str, say: Say) -> Need:
    found = _members(row, where, required=("id", "quantity"))
    _tell(found, {"id", "quantity", "all_or_nothing", "street"}, "needs[]", say)
    whole, street = found.get("all_or_nothing"), found.get("street")
    if whole is None:
        whole = False
    if not isinstance(whole, bool):
        raise InstanceError(f"{where}.all_or_nothing", "须为 true 或 false。", "must be true or false")
    return Need(
        id=_id(found["id"], f"{where}.id"),
        quantity=_whole(found["quantity"], f"{where}.quantity", 0, MOST_QUANTITY),
        all_or_nothing=whole,
        street=None if street is None else _id(street, f"{where}.street"),
    )


def _edges(value: Any, offers: set[str], needs: set[str], say: Say) -> list[Edge]:
    rows = _rows(value, "edges")
    made = []
    for at, row in enumerate(rows):
        if isinstance(row, tuple):
            offer, need, utility = row
        else:
            found = _members(row, f"edges[{at}]", required=("offer", "need", "utility"))
            _tell(found, EDGE, "edges[]", say)
            offer, need, utility = found["offer"], found["need"], found["utility"]
        for name, known, member in ((offer, offers, "offer"), (need, needs, "need")):
            if not isinstance(name, str) or name not in known:
                raise InstanceError(f"edges[{at}].{member}", "未知的编号。", f"no such id: {_short(name)}")
        _whole(utility, f"edges[{at}].utility", -MOST_UTILITY, MOST_UTILITY)
        made.append(row if isinstance(row, tuple) else (offer, need, utility))
    return made


def _columns(value: dict[str, Any], offers: Sequence[Offer], needs: Sequence[Need], say: Say) -> Iterable[Edge]:
    """Positions in ``offers`` and ``needs``, and utilities: the same in a quarter of the space."""
    found = _members(value, "edges", required=sorted(EDGE))
    _tell(found, EDGE, "edges", say)
    bounds = {"offer": (0, len(offers) - 1), "need": (0, len(needs) - 1), "utility": (-MOST_UTILITY, MOST_UTILITY)}
    columns = {name: _rows(found[name], f"edges.{name}") for name in bounds}
    if len({len(column) for column in columns.values()}) > 1:
        raise InstanceError("edges", "三列长度须相同。", "the three columns must be of the same length")
    for name, (least, most) in bounds.items():
        for at, number in enumerate(columns[name]):
            if type(number) is not int or not least <= number <= most:
                _whole(number, f"edges.{name}[{at}]", least, most)
    givers, takers = [offer.id for offer in offers], [need.id for need in needs]
    return (
        (givers[offer], takers[need], utility)
        for offer, need, utility in zip(columns["offer"], columns["need"], columns["utility"], strict=True)
    )


def _theta(value: Any) -> Fraction:
    if not isinstance(value, list) or len(value) != 2:
        raise InstanceError("theta", "须为 [分子, 分母]。", "must be [numerator, denominator]")
    above = _whole(value[0], "theta[0]", 0, MOST_THETA)
    below = _whole(value[1], "theta[1]", 1, MOST_THETA)
    if above > below:
        raise InstanceError("theta", "不得大于 1。", "must be at most 1")
    return Fraction(above, below)


def _check_side(name: str, sides: Sequence[Offer | Need]) -> None:
    seen: dict[str, int] = {}
    for at, side in enumerate(sides):
        if (first := seen.setdefault(side.id, at)) != at:
            raise InstanceError(f"{name}[{at}].id", f"与 {name}[{first}] 重复。", f"the same as {name}[{first}]")
    if sum(side.quantity for side in sides) > MOST_QUANTITY:
        raise InstanceError(name, f"数量之和超过 {MOST_QUANTITY}。", f"quantities add up to more than {MOST_QUANTITY}")


def _members(value: Any, where: str, *, required: Iterable[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InstanceError(where, "须为对象。", "must be an object")
    for name in required:
        if name not in value:
            raise InstanceError(name if where == "$" else f"{where}.{name}", "缺失。", "is missing")
    return value


def _rows(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InstanceError(where, "须为数组。", "must be an array")
    return value


def _whole(value: Any, where: str, least: int, most: int) -> int:
    if type(value) is not int:
        raise InstanceError(where, "须为整数。", f"must be an integer, not {_short(value)}")
    if not least <= value <= most:
        raise InstanceError(where, f"须在 {least} 与 {most} 之间。", f"must be between {least} and {most}")
    return value


def _id(value: Any, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise InstanceError(
            where, f"须为 1 至 {LONGEST_ID} 字的文字。", f"must be a text of 1 to {LONGEST_ID} characters"
        )
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise InstanceError(where, "不是有效的文字。", "is not valid Unicode")
    return value


def _tell(found: dict[str, Any], known: set[str], where: str, say: Say) -> None:
    for name in sorted(found.keys() - known):
        say(f"{where}.{name}")


def _short(value: Any) -> str:
    return repr(value)[:60]
