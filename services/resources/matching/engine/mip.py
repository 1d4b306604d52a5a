"""HiGHS on a few edges with lots: whole quantities, a switch per edge with a least lot and per need that wants all."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.resources.matching.engine.problem import Flags, Integers

EXACT = 2.0**31  # beyond this HiGHS's tolerances are no longer a fraction of a unit


class Lots:
    """A part of a problem: positions count within it, quantities are what others leave of them."""

    def __init__(
        self,
        *,
        tail: Integers,
        head: Integers,
        utility: Integers,
        supply: Integers,
        demand: Integers,
        lot: Integers,
        whole: Flags,
    ) -> None:
        self.tail, self.head, self.utility = tail, head, utility
        self.supply, self.demand = supply, demand
        self.lot, self.whole = lot, whole
        self.room = np.minimum(supply[tail], demand[head])
        self.lots = np.flatnonzero(lot[tail] > 1)
        self.wholes = np.flatnonzero(whole)

    def solve(self, start: Integers, *, seconds: float, gap: float, presolve: bool = True) -> Integers | None:
        """By edge; never an allocation that breaks a rule. ``None``: nothing found in time, or numbers too large.

        ``gap``: how far from the best, relative to it, is near enough.
        """
        if (unit := self._unit(start)) > 1:
            best = self._in_units(unit).solve(start // unit, seconds=seconds, gap=gap, presolve=presolve)
            return None if best is None else best * unit
        if max(self.supply.max(initial=0), self.demand.max(initial=0)) > EXACT:
            return None
        import highspy

        model = _model()
        model.clearModel()
        model.setOptionValue("time_limit", seconds)
        model.setOptionValue("mip_rel_gap", gap)
        model.setOptionValue("presolve", "choose" if presolve else "off")
        model.passModel(self._as_model(highspy))
        known = highspy.HighsSolution()
        known.col_value = self._values(start)
        model.setSolution(known)
        model.run()
        if model.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        found = np.rint(np.array(model.getSolution().col_value[: len(self.tail)])).astype(np.int64)
        return found if self.keeps(found) else None

    def _unit(self, start: Integers) -> int:
        """What all quantities are multiples of: for given switches a best flow is one of multiples too."""
        lots = self.lot[self.tail[self.lots]]
        return int(np.gcd.reduce(np.concatenate([self.supply, self.demand, lots, start, np.zeros(1, dtype=np.int64)])))

    def _in_units(self, unit: int) -> Lots:
        return Lots(
            tail=self.tail,
            head=self.head,
            utility=self.utility,
            supply=self.supply // unit,
            demand=self.demand // unit,
            lot=np.where(self.lot > 1, self.lot // unit, self.lot),
            whole=self.whole,
        )

    def keeps(self, found: Integers) -> bool:
        """Every rule, in whole numbers."""
        given, taken = _sums(self.tail, found, len(self.supply)), _sums(self.head, found, len(self.demand))
        small = (found > 0) & (found < self.lot[self.tail])
        part = self.whole & (taken > 0) & (taken < self.demand)
        over = (given > self.supply).any() or (taken > self.demand).any() or (found < 0).any()
        return not (over or small.any() or part.any())

    def _as_model(self, highspy: Any) -> Any:
        rows, columns, values = map(np.concatenate, zip(*self._entries(), strict=True))
        order = np.argsort(rows, kind="stable")
        lower, upper = self._bounds()
        most = self._upper()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(most), len(lower)
        lp.col_cost_ = np.concatenate([self.utility.astype(float), np.zeros(len(most) - len(self.tail))])
        lp.col_lower_ = np.zeros(lp.num_col_)
        lp.col_upper_ = most
        lp.row_lower_, lp.row_upper_ = lower, upper
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.searchsorted(rows[order], np.arange(len(lower) + 1))
        lp.a_matrix_.index_ = columns[order]
        lp.a_matrix_.value_ = values[order]
        lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
        return lp

    def _upper(self) -> NDArray[np.float64]:
        """Columns: quantities, switches of lots, switches of needs that want all."""
        return np.concatenate([self.room.astype(float), np.ones(len(self.lots) + len(self.wholes))])

    def _entries(self) -> list[tuple[Integers, Integers, NDArray[np.float64]]]:
        """Rows: offers, needs, then two per edge with a least lot (no more than all, no less than the lot)."""
        many, lots, wholes = len(self.tail), len(self.lots), len(self.wholes)
        edges, switches = np.arange(many), many + np.arange(lots)
        above = len(self.supply) + len(self.demand) + np.arange(lots)
        return [
            (self.tail, edges, np.ones(many)),
            (len(self.supply) + self.head, edges, np.ones(many)),
            (len(self.supply) + self.wholes, many + lots + np.arange(wholes), -self.demand[self.wholes].astype(float)),
            (above, self.lots, np.ones(lots)),
            (above, switches, -self.room[self.lots].astype(float)),
            (above + lots, self.lots, np.ones(lots)),
            (above + lots, switches, -self.lot[self.tail[self.lots]].astype(float)),
        ]

    def _bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        lots, endless = len(self.lots), np.inf
        needs_lower = np.where(self.whole, 0.0, -endless)
        needs_upper = np.where(self.whole, 0.0, self.demand.astype(float))
        lower = [np.full(len(self.supply), -endless), needs_lower, np.full(lots, -endless), np.zeros(lots)]
        upper = [self.supply.astype(float), needs_upper, np.zeros(lots), np.full(lots, endless)]
        return np.concatenate(lower), np.concatenate(upper)

    def _values(self, quantity: Integers) -> list[float]:
        """All columns for given quantities."""
        got = _sums(self.head, quantity, len(self.demand))
        switches = [(quantity[self.lots] > 0).astype(float), (got[self.wholes] > 0).astype(float)]
        values: list[float] = np.concatenate([quantity.astype(float), *switches]).tolist()
        return values


def _sums(keys: Integers, quantity: Integers, many: int) -> Integers:
    total = np.zeros(many, dtype=np.int64)
    np.add.at(total, keys, quantity)
    return total


@cache
def _model() -> Any:
    """One of a process: HiGHS greets on standard output when it is made, where only answers belong."""
    # Loaded here: only the job process and the command line solve, and the library is large.
    import highspy

    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        model = highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    for name, setting in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
        model.setOptionValue(name, setting)
    return model
