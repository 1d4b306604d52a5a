"""Error codes of the kept market."""

from __future__ import annotations

from chassis.codes import Code


class LiveCode(Code):
    """Why it is not shown."""

    NOT_BUILT = "live_market_not_built", "实时最优方案尚未建立", "The live optimum is not built yet"
