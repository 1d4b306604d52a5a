"""A round's certificate as a file: its numbers under names of their own, and the answer; ``./run match`` reads it.

Names say nothing but keep the order of the ids, which decides between equals. Whoever may see a row is told its name
beside the file (``list_bundle_names``), so that no street learns of another's people or organisations from it. Loaded
by the job process only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from services.resources.matching.edges import Edges, Small
from services.resources.matching.instance import Instance
from services.resources.matching.naming import names
from services.resources.matching.outcomes import Outcomes
from services.resources.matching.solver import is_fair

MOST_ROWS = 200_000  # edges that are written as objects; more of them go as three columns, a quarter of the size
AT_ONCE = 500_000


def write(told: Outcomes, theta: Fraction) -> bytes:
    """An instance as docs/matching.md describes it, with the ``answer`` beside it."""
    made = told.made
    offers, needs = names(made.offers, "offer"), names(made.needs, "need")
    fair = is_fair(theta, made.needs, made.streets)
    about = {"theta": [theta.numerator, theta.denominator]} if fair else {}
    rest = about | {"answer": _answer(told, offers, needs, fair=fair)}
    pieces = [
        '{"offers":' + _json(_offers(made, offers)),
        ',"needs":' + _json(_needs(made, needs)),
        ',"edges":',
        *_edges(made.edges, offers, needs),
        "," + _json(rest)[1:],
    ]
    return "".join(pieces).encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _offers(made: Instance, names: Mapping[str, str]) -> list[dict[str, Any]]:
    given = []
    for name, count in sorted(made.offers.items()):
        lots = {"minimum_lot": made.lot[name]} if name in made.lot else {}
        steps = {"lot_size": made.step[name]} if name in made.step else {}
        given.append({"id": names[name], "quantity": count, **lots, **steps})
    return given


def _needs(made: Instance, names: Mapping[str, str]) -> list[dict[str, Any]]:
    wanted: list[dict[str, Any]] = []
    for name, count in sorted(made.needs.items()):
        row: dict[str, Any] = {"id": names[name], "quantity": count}
        if name in made.whole:
            row["all_or_nothing"] = True
        if name in made.single:
            row["splittable"] = False
        if name in made.streets:
            row["street"] = made.streets[name]
        wanted.append(row)
    return wanted


def _edges(edges: Edges, offers: Mapping[str, str], needs: Mapping[str, str]) -> Iterator[str]:
    """Rows in order, or, of many, the columns of positions and utilities."""
    if len(edges) <= MOST_ROWS:
        rows = sorted((offers[edge.offer], needs[edge.need], edge.utility) for edge in edges)
        yield _json([{"offer": offer, "need": need, "utility": utility} for offer, need, utility in rows])
        return
    for before, column in (('{"offer":[', edges.tail), ('],"need":[', edges.head), ('],"utility":[', edges.utility)):
        yield before
        yield from _column(column)
    yield "]}"


def _column(column: Small) -> Iterator[str]:
    for at in range(0, len(column), AT_ONCE):
        yield ("," if at else "") + ",".join(map(str, column[at : at + AT_ONCE].tolist()))


def _answer(told: Outcomes, offers: Mapping[str, str], needs: Mapping[str, str], *, fair: bool) -> dict[str, Any]:
    made, found = told.made, told.found
    answer: dict[str, Any] = {
        "allocation": [
            {"offer": offers[node], "need": needs[need], "quantity": count, "utility": told.utility(node, need)}
            for (node, need), count in sorted(found.flows.items())
        ],
        "prices": {
            "offers": {offers[name]: found.offer_prices.get(name, 0) for name in sorted(made.offers)},
            "needs": {needs[name]: found.need_prices.get(name, 0) for name in sorted(made.needs)},
        },
        "primal": found.primal,
        "dual": found.dual,
        "gap": (found.dual - found.primal) / found.dual if found.dual else 0.0,
    }
    return answer | ({"subsidies": dict(sorted(found.subsidies.items()))} if fair else {})
