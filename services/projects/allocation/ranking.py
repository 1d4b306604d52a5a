"""Rules that go down a ranking: ``greedy_no_skip`` (rank until exhausted) and ``greedy`` (rank with skip).

``threshold`` is rank with skip among those that reach a score. Each is monotone: a better score never loses a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from services.projects.allocation.model import Number

RULES = ("greedy", "greedy_no_skip", "threshold")


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A project in a ranking. ``rank`` breaks ties, lower first; ``excluded`` never wins and never stops a rule."""

    id: str
    cost: int
    score: Number
    rank: int
    excluded: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """How one entrant fared. ``left`` is what the rule still had at its turn; ``why`` a winner won or a loser lost."""

    id: str
    position: int
    won: bool
    left: int
    why: str  # won, excluded, below_threshold, stopped, too_expensive


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """All places from the first to the last."""

    order: list[Entrant]
    places: list[Place]
    skip: bool

    @property
    def winners(self) -> list[str]:
        return [place.id for place in self.places if place.won]

    @cached_property
    def end(self) -> int:
        """The last index at which an entrant still had its turn."""
        stops = (index for index, place in enumerate(self.places) if place.why == "too_expensive" and not self.skip)
        return next(stops, len(self.places))

    @cached_property
    def index(self) -> dict[str, int]:
        return {place.id: index for index, place in enumerate(self.places)}


def rank(entrants: Sequence[Entrant], *, budget: int, rule: str, threshold: Number = 0) -> Ranking:
    """Down the ranking, best score first, ties by rank. Never over the budget."""
    order = sorted(entrants, key=lambda item: (-item.score, item.rank))
    skip, stopped, left, places = rule != "greedy_no_skip", False, budget, []
    for position, item in enumerate(order, start=1):
        why = _why(item, left, threshold, stopped)
        places.append(Place(id=item.id, position=position, won=why == "won", left=left, why=why))
        if why == "won":
            left -= item.cost
        stopped = stopped or (why == "too_expensive" and not skip)
    return Ranking(order=order, places=places, skip=skip)


def _why(item: Entrant, left: int, threshold: Number, stopped: bool) -> str:
    if item.excluded:
        return "excluded"
    if item.score < threshold:
        return "below_threshold"
    if stopped:
        return "stopped"
    return "won" if item.cost <= left else "too_expensive"


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The least that would have made a loser win, everything else as it was; None where it would not have been enough.

    ``score`` is what it would have needed: more than that if ``strictly``, else at least that. ``cost``: at most that.
    """

    score: Number | None
    strictly: bool
    cost: int | None


def needs(ranking: Ranking, project_id: str, *, threshold: Number = 0) -> Needs:
    """A loser leaves the budget untouched, so that it wins from every earlier place where its cost was still there."""
    index = ranking.index[project_id]
    mine, place = ranking.order[index], ranking.places[index]
    if place.why == "excluded":
        return Needs(score=None, strictly=False, cost=None)
    cost = place.left if place.why == "too_expensive" else None
    if place.why == "below_threshold":
        index = _reached(ranking, mine, threshold)
        if index <= ranking.end:
            left = _left_at(ranking, index)
            if mine.cost <= left:
                return Needs(score=threshold, strictly=False, cost=None)
    for earlier in range(min(index - 1, ranking.end), -1, -1):
        other, there = ranking.order[earlier], ranking.places[earlier]
        if mine.cost > there.left:
            continue
        return Needs(score=other.score, strictly=mine.rank > other.rank, cost=cost)
    return Needs(score=None, strictly=False, cost=cost)


def _reached(ranking: Ranking, mine: Entrant, threshold: Number) -> int:
    """Where it would stand with just the threshold's score."""
    key = (-threshold, mine.rank)
    return sum((-item.score, item.rank) < key for item in ranking.order if item.id != mine.id)


def _left_at(ranking: Ranking, index: int) -> int:
    if index < len(ranking.places):
        return ranking.places[index].left
    last = ranking.places[-1]
    return last.left - (ranking.order[-1].cost if last.won else 0)


def scores_of(values: Mapping[str, Number], scale: int) -> dict[str, Number]:
    """Scores in their own points again."""
    return {name: value if scale == 1 else Fraction(value) / scale for name, value in values.items()}
