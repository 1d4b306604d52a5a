"""A vote's rules: completed, checked before publication, and what they make of a ballot. Pure.

A choice is stored in one spelling per method: approval, the ids sorted; points, id to points; ranking, the ids from
first to last. ``points_of`` turns each into points per proposal, and the tally is their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chassis.codes import Code
from chassis.errors import InvalidError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_votes import VoteCode

Choice = list[str] | dict[str, int]
# What a round says nothing of; a round frozen before these rules existed is read with them, which is how it was.
DEFAULTS: dict[str, Any] = {
    "method": "approval",
    "choices_limit": None,
    "points_total": 10,
    "points_each": 5,
    "scoring": "borda",
    "positions": [],
    "street_codes": [],
    "community_codes": [],
    "verification": "verified",
    "registered_by": None,
    "paper": False,
    "smallest_shown": 10,
}


def completed(given: Mapping[str, Any] | None, *, approvals_limit: int) -> dict[str, Any]:
    """Every rule; what the round does not name is as it was before the rule existed."""
    rules = {**DEFAULTS, **(given or {})}
    rules["choices_limit"] = rules["choices_limit"] or approvals_limit
    return rules


def problems(round_rules: Mapping[str, Any]) -> list[str]:
    """What is wrong with a round's rules of its vote, before they are frozen."""
    given = round_rules.get("vote_rules")
    if not round_rules["has_vote"] or not given:
        return []
    rules = completed(given, approvals_limit=round_rules["approvals_limit"])
    return [*_method_problems(rules), *_place_problems(rules, round_rules.get("street_code"))]


def _method_problems(rules: Mapping[str, Any]) -> list[str]:
    found = []
    if rules["method"] == "points" and rules["points_each"] > rules["points_total"]:
        found.append("vote_rules: points_each within points_total")
    if rules["method"] == "ranking" and rules["scoring"] == "positional":
        positions = rules["positions"]
        if len(positions) != rules["choices_limit"]:
            found.append("vote_rules: as many positions as choices")
        if positions != sorted(positions, reverse=True):
            found.append("vote_rules: positions never rise")
    return found


def _place_problems(rules: Mapping[str, Any], street_code: str | None) -> list[str]:
    """Whoever may vote must be able to see the round."""
    if street_code is None:
        return []
    places = [*rules["street_codes"], *rules["community_codes"]]
    outside = [place for place in places if not place.startswith(street_code)]
    return ["vote_rules: places within the round's street"] if outside else []


def check_choice(
    rules: Mapping[str, Any],
    candidates: Sequence[str],
    *,
    proposal_ids: Sequence[str] | None = None,
    points: Mapping[str, int] | None = None,
) -> Choice:
    """The choice in its one spelling; raises what is wrong with the ballot."""
    named = points if rules["method"] == "points" else proposal_ids
    if not named or (proposal_ids is not None) == (points is not None):
        raise InvalidError(ProjectsCode.BALLOT_INVALID, method=rules["method"])
    if len(named) > rules["choices_limit"]:
        raise InvalidError(VoteCode.BALLOT_TOO_MANY, limit=rules["choices_limit"])
    if len(set(named)) != len(named) or not set(named) <= set(candidates):
        raise InvalidError(VoteCode.BALLOT_UNKNOWN)
    if rules["method"] == "points":
        return _check_points(rules, points or {})
    return sorted(named) if rules["method"] == "approval" else list(named)


def _check_points(rules: Mapping[str, Any], points: Mapping[str, int]) -> dict[str, int]:
    total, each = rules["points_total"], rules["points_each"]
    if min(points.values()) < 1 or max(points.values()) > each or sum(points.values()) > total:
        raise InvalidError(VoteCode.BALLOT_POINTS, total=total, each=each)
    return {proposal_id: points[proposal_id] for proposal_id in sorted(points)}


def points_of(rules: Mapping[str, Any], choice: Choice, standing: Sequence[str]) -> dict[str, int]:
    """One ballot as points per proposal, ids sorted. Proposals that no longer stand get none, and in a ranking those
    behind them move up; Borda counts the proposals that stand."""
    if isinstance(choice, dict):
        points = {proposal_id: given for proposal_id, given in choice.items() if proposal_id in standing}
    else:
        kept = [proposal_id for proposal_id in choice if proposal_id in standing]
        points = {proposal_id: place_points(rules, place, len(standing)) for place, proposal_id in enumerate(kept)}
    return dict(sorted(points.items()))


def place_points(rules: Mapping[str, Any], place: int, standing: int) -> int:
    """Points of the ``place``-th proposal named, from 0."""
    if rules["method"] != "ranking":
        return 1
    return int(rules["positions"][place]) if rules["scoring"] == "positional" else standing - place


def most(rules: Mapping[str, Any], standing: int) -> int:
    """The most points that one ballot can give one proposal: full support is this times the ballots."""
    return int(rules["points_each"]) if rules["method"] == "points" else place_points(rules, 0, standing)


def reasons(
    rules: Mapping[str, Any],
    *,
    resident: bool,
    verified: bool,
    in_scope: bool,
    street_code: str | None,
    community_code: str | None,
    opened_on: date | None,
) -> list[Code]:
    """Every reason why somebody may not vote; ``in_scope``: of the round's own street or district."""
    if not resident:
        return [ProjectsCode.VOTER_NOT_ENTITLED]
    found: list[Code] = []
    if rules["verification"] == "verified" and not verified:
        found.append(VoteCode.VOTER_NOT_VERIFIED)
    named = not rules["street_codes"] and not rules["community_codes"]
    named = named or street_code in rules["street_codes"] or community_code in rules["community_codes"]
    if not in_scope or not named:
        found.append(VoteCode.VOTER_OUTSIDE_PLACE)
    last_day = rules["registered_by"]
    if last_day is not None and (opened_on is None or opened_on > date.fromisoformat(last_day)):
        found.append(VoteCode.VOTER_REGISTERED_LATE)
    return found
