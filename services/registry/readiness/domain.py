"""Rules of readiness: conditions as data over declared facts, in three values (met, not_met, unknown)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_organisations import OrganisationCode

Fact = int | bool | None
MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
DEPTH = 4
# Facts an organisation may declare, and their units; "yes" is yes or no.
FACTS: dict[str, str] = {
    "individual_members": "person",
    "unit_members": "organisation",
    "capital_fen": "fen",
    "full_time_staff": "person",
    "staff": "person",
    "non_state_capital_percent": "percent",
    "name_fits": "yes",
    "has_charter": "yes",
    "has_organs": "yes",
    "has_premises": "yes",
    "has_lawful_income": "yes",
    "has_supervisor_approval": "yes",
    "bears_liability": "yes",
    "capital_paid_in": "yes",
    "charitable_purpose": "yes",
}


@dataclass(frozen=True)
class Verdict:
    """``missing``: what would make it met, ``{facts, needed, have, short, unit}``; of a choice, each way."""

    status: str
    missing: tuple[dict[str, Any], ...] = ()


def judge(needs: Mapping[str, Any], facts: Mapping[str, Fact]) -> Verdict:
    """One condition: ``{fact, least}``, ``{fact, is}``, ``{sum, least}``, ``{any: […]}`` or ``{all: […]}``."""
    if "any" in needs:
        return _any([judge(one, facts) for one in needs["any"]])
    if "all" in needs:
        return _all([judge(one, facts) for one in needs["all"]])
    if "is" in needs:
        have = facts.get(needs["fact"])
        return _verdict([needs["fact"]], have, have == needs["is"], needed=needs["is"])
    names = needs["sum"] if "sum" in needs else [needs["fact"]]
    known = [int(value) for name in names if (value := facts.get(name)) is not None]
    have = sum(known) if len(known) == len(names) or sum(known) >= needs["least"] else None
    return _verdict(names, have, have is not None and have >= needs["least"], needed=needs["least"])


def _verdict(names: list[str], have: Fact, met: bool, *, needed: int | bool) -> Verdict:
    if met:
        return Verdict(MET)
    short = None if have is None or isinstance(needed, bool) else needed - have
    lack = {"facts": names, "needed": needed, "have": have, "short": short, "unit": FACTS[names[0]]}
    return Verdict(UNKNOWN if have is None else NOT_MET, (lack,))


def _any(ways: list[Verdict]) -> Verdict:
    if any(way.status == MET for way in ways):
        return Verdict(MET)
    status = UNKNOWN if any(way.status == UNKNOWN for way in ways) else NOT_MET
    return Verdict(status, tuple(lack for way in ways for lack in way.missing))


def _all(parts: list[Verdict]) -> Verdict:
    lacking = [part for part in parts if part.status != MET]
    if not lacking:
        return Verdict(MET)
    status = NOT_MET if any(part.status == NOT_MET for part in lacking) else UNKNOWN
    return Verdict(status, tuple(lack for part in lacking for lack in part.missing))


def check_needs(needs: Any, *, depth: int = DEPTH) -> None:
    """That a condition can be judged; raises :class:`InvalidError` otherwise."""
    if not isinstance(needs, dict) or depth == 0:
        raise InvalidError(OrganisationCode.READINESS_RULE_INVALID)
    shape = frozenset(needs)
    if shape in ({"any"}, {"all"}):
        parts = next(iter(needs.values()))
        if not isinstance(parts, list) or not 1 <= len(parts) <= 10:
            raise InvalidError(OrganisationCode.READINESS_RULE_INVALID)
        for part in parts:
            check_needs(part, depth=depth - 1)
    elif not _is_plain(shape, needs):
        raise InvalidError(OrganisationCode.READINESS_RULE_INVALID)


def _is_plain(shape: frozenset[Any], needs: dict[str, Any]) -> bool:
    if shape == {"fact", "is"}:
        return _unit(needs["fact"]) == "yes" and isinstance(needs["is"], bool)
    least = needs.get("least")
    if isinstance(least, bool) or not isinstance(least, int) or not 0 <= least < 2**53:
        return False
    if shape == {"fact", "least"}:
        return _unit(needs["fact"]) not in {None, "yes"}
    if shape != {"sum", "least"} or not isinstance(needs["sum"], list):
        return False
    return len(needs["sum"]) >= 1 and all(_unit(name) not in {None, "yes"} for name in needs["sum"])


def _unit(name: Any) -> str | None:
    return FACTS.get(name) if isinstance(name, str) else None


def check_follows(valid_from: date, last: date | None) -> None:
    """Versions follow each other in time too, so that a day has one version."""
    if last is not None and valid_from <= last:
        raise ConflictError(OrganisationCode.READINESS_VERSION_DATE, last=last.isoformat())
