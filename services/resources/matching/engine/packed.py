"""HiGHS on a small part with the rules that instances do not have: whole multiples, and needs of one giver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.resources.matching.engine.mip import Lots
from services.resources.matching.engine.problem import Flags, Integers

Entry = tuple[Integers, Integers, NDArray[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Packing:
    """By offer ``step``: whole multiples of it, or all that there is of the offer at once; ``giver``: whose it is (the
    windows of a venue are of one). By need ``single``: of one giver alone."""

    step: Integers
    giver: Integers
    single: Flags

    def part(self, offers: Integers, needs: Integers, total: Integers, **plain: Any) -> Packed:
        """A model of these offers and needs; ``total``: of each offer, wherever it flows."""
        step, giver, single = self.step[offers], self.giver[offers], self.single[needs]
        return Packed(step=step, giver=giver, single=single, total=total, **plain)


class Packed(Lots):
    """``steps``: edges of whole multiples; ``rests``: those of them that may carry all of an offer that is none;
    ``pairs``: of needs of one giver with each giver; ``singles``: their edges."""

    def __init__(self, *, step: Integers, giver: Integers, single: Flags, total: Integers, **plain: Any) -> None:
        super().__init__(**plain)
        self.steps = np.flatnonzero(step[self.tail] > 1)
        self.multiple, self.all = step[self.tail[self.steps]], total[self.tail[self.steps]]
        self.rests = np.flatnonzero((self.all % self.multiple != 0) & (self.room[self.steps] >= self.all))
        self.singles = np.flatnonzero(single[self.head])
        names = self.head[self.singles] * (giver.max(initial=0) + 1) + giver[self.tail[self.singles]]
        self.pairs, first, self.pair_of = np.unique(names, return_index=True, return_inverse=True)
        self.needs, self.need_of = np.unique(self.head[self.singles][first], return_inverse=True)

    def _unit(self, start: Integers) -> int:
        """Multiples are counted in units of their own."""
        return 1

    def keeps(self, found: Integers) -> bool:
        """Every rule, in whole numbers."""
        count = found[self.steps]
        torn = (count % self.multiple != 0) & (count != self.all)
        givers = np.bincount(self.need_of[self._used(found)], minlength=len(self.needs))
        return super().keeps(found) and not torn.any() and not (givers > 1).any()

    def _used(self, found: Integers) -> Flags:
        """Pairs between which anything flows."""
        used = np.zeros(len(self.pairs), dtype=np.bool_)
        used[self.pair_of[found[self.singles] > 0]] = True
        return used

    def _upper(self) -> NDArray[np.float64]:
        """Then multiples, switches of what goes as it is, switches of pairs."""
        multiples = (self.room[self.steps] // self.multiple).astype(float)
        return np.concatenate([super()._upper(), multiples, np.ones(len(self.rests) + len(self.pairs))])

    def _entries(self) -> list[Entry]:
        """Then a row per edge of multiples, per edge of a need of one giver, and per such need."""
        column = len(super()._upper()) + np.arange(len(self.steps) + len(self.rests) + len(self.pairs))
        multiples, rests, pairs = np.split(column, np.cumsum([len(self.steps), len(self.rests)]))
        row = len(super()._bounds()[0]) + np.arange(len(self.steps) + len(self.singles) + len(self.needs))
        whole, one, few = np.split(row, np.cumsum([len(self.steps), len(self.singles)]))
        return [
            *super()._entries(),
            (whole, self.steps, np.ones(len(whole))),
            (whole, multiples, -self.multiple.astype(float)),
            (whole[self.rests], rests, -self.all[self.rests].astype(float)),
            (one, self.singles, np.ones(len(one))),
            (one, pairs[self.pair_of], -self.room[self.singles].astype(float)),
            (few[self.need_of], pairs, np.ones(len(pairs))),
        ]

    def _bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        lower, upper = super()._bounds()
        none, one, few = np.zeros(len(self.steps)), np.zeros(len(self.singles)), np.ones(len(self.needs))
        free = np.full(len(one) + len(few), -np.inf)
        return np.concatenate([lower, none, free]), np.concatenate([upper, none, one, few])

    def _values(self, quantity: Integers) -> list[float]:
        count = quantity[self.steps]
        as_it_is = (count[self.rests] == self.all[self.rests]).astype(float)
        count[self.rests[as_it_is > 0]] = 0
        more = [(count // self.multiple).astype(float), as_it_is, self._used(quantity).astype(float)]
        return [*super()._values(quantity), *np.concatenate(more).tolist()]
