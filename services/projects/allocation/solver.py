"""Zero-one programmes by HiGHS on one thread, every answer checked in integers before it is believed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from services.projects.allocation.model import AllocationError

ATTEMPTS = 50


class Row(NamedTuple):
    """Σ coefficient · taken ≤ limit."""

    coefficients: tuple[int, ...]
    limit: int


def _model(rows: Sequence[Row], objective: Sequence[int], fixed: Sequence[bool | None] | None, *, whole: bool) -> Any:
    import highspy  # here and not above: every other rule starts in an instant
    import numpy as np

    model = highspy.HighsModel()
    lp, count = model.lp_, len(objective)
    lp.num_col_, lp.num_row_ = count, len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(objective, dtype=np.double)
    lp.col_lower_ = np.array([float(bool(fixed and fixed[j])) for j in range(count)])
    lp.col_upper_ = np.array([float(fixed is None or fixed[j] is not False) for j in range(count)])
    scales = [math.gcd(*row.coefficients, row.limit) or 1 for row in rows]
    lp.row_lower_ = np.full(len(rows), -highspy.kHighsInf)
    lp.row_upper_ = np.array([row.limit / scale for row, scale in zip(rows, scales, strict=True)])
    starts, index, values = [0], [], []
    for row, scale in zip(rows, scales, strict=True):
        for j, value in enumerate(row.coefficients):
            if value:
                index.append(j)
                values.append(value / scale)
        starts.append(len(index))
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.array(starts, dtype=np.int32)
    matrix.index_, matrix.value_ = np.array(index, dtype=np.int32), np.array(values, dtype=np.double)
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    return _solved(highspy, model)


def _solved(highspy: Any, model: Any) -> Any:
    engine = highspy._Highs()  # the class below ``Highs``, which prints a banner to standard output when it is made
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0, "time_limit": 60.0}
    options |= {"mip_rel_gap": 0.0, "mip_abs_gap": 0.5}
    options |= {"mip_feasibility_tolerance": 1e-9, "primal_feasibility_tolerance": 1e-9}
    for name, value in options.items():
        engine.setOptionValue(name, value)
    engine.passModel(model)
    engine.run()
    return engine, engine.getModelStatus(), highspy.HighsModelStatus


def maximise(
    rows: Sequence[Row], objective: Sequence[int], fixed: Sequence[bool | None] | None = None
) -> list[bool] | None:
    """The best selection, or None where there is none. Objectives are whole numbers, so that a gap below 1 is none."""
    if not objective:
        return [] if all(row.limit >= 0 for row in rows) else None
    rows = list(rows)
    for _ in range(ATTEMPTS):
        engine, status, statuses = _model(rows, objective, fixed, whole=True)
        if status in {statuses.kInfeasible, statuses.kUnboundedOrInfeasible}:
            return None
        if status != statuses.kOptimal:
            break
        taken = [value > 0.5 for value in engine.getSolution().col_value]
        if all(_sum(row, taken) <= row.limit for row in rows):
            return taken
        rows.append(_never(taken))
    raise AllocationError("allocation_unsolved", "未能求得经验证的最优解。", "No verified optimum was found.")


def _never(taken: Sequence[bool]) -> Row:
    """Forbid one selection: it fitted within the solver's tolerance, but not in whole numbers."""
    return Row(tuple(1 if chosen else -1 for chosen in taken), sum(taken) - 1)


def _sum(row: Row, taken: Sequence[bool]) -> int:
    return sum(value for value, chosen in zip(row.coefficients, taken, strict=True) if chosen)


def duals(rows: Sequence[Row], objective: Sequence[int]) -> list[Fraction]:
    """Non-negative multipliers of the rows, near the relaxation's optimum; any of them give a valid bound."""
    if not objective:
        return [Fraction(0)] * len(rows)
    engine, _, _ = _model(rows, objective, None, whole=False)
    prices = list(engine.getSolution().row_dual) or [0.0] * len(rows)
    scales = [math.gcd(*row.coefficients, row.limit) or 1 for row in rows]
    return [
        max(Fraction(0), Fraction(abs(price)).limit_denominator(10**12) / scale)
        for price, scale in zip(prices, scales, strict=True)
    ]
