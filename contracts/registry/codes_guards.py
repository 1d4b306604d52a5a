"""Error codes of later guards: who runs a street's programme, a list that is being computed, crossing boundaries."""

from __future__ import annotations

from chassis.codes import Code


class GuardCode(Code):
    """What programmes, the cultivation list and grid cells refuse besides."""

    PROGRAMME_NOT_ENTRUSTED = (
        "programme_not_entrusted",
        "该枢纽组织目前未受托承接该街道，不能开展其孵化计划",
        "The hub is not entrusted with the street, so it cannot run its programme",
    )
    POLYGON_CROSSES = (
        "grid_polygon_crosses",
        "网格边界自相交、各环相互交叉或位置有误（part 说明是哪一种）",
        "The boundary crosses itself, or its rings cross or lie where they must not: part says which",
    )
    CULTIVATION_COMPUTING = (
        "cultivation_computing",
        "名单正在后台计算，请稍候",
        "The list is being computed; please wait",
    )
