"""What the solvers found, as a plan keeps and shows it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.projects.planning.judge_flow import Assignment, Shortage, Task

if TYPE_CHECKING:  # they load the solver, which only the job process should
    from services.projects.planning.conflict_set import ConflictSet
    from services.projects.planning.scheduling import Answer

Stored = tuple[str, dict[str, Any]]
SHORTAGES = {
    "conflicts": ("无利益冲突的评委不足", "too few judges are without a conflict"),
    "limits": ("评委数量上限已用尽", "the judges' limits are used up"),
}
UNDECIDED: Stored = (
    "find_infeasible",
    {
        "findings": [
            {
                "kind": "undecided",
                "about": "",
                "conflicts": {},
                "zh": "在限定的计算量内没有找到排期，也没有证明不存在",
                "en": "within the effort allowed neither a schedule nor a proof that there is none was found",
            }
        ]
    },
)


def of_judges(task: Task, found: Assignment) -> Stored:
    """Proposed, or who is short of judges."""
    if found.short:
        return "find_infeasible", {"findings": [_short(each) for each in found.short], "minimal": True}
    by_paper: dict[str, list[str]] = {paper.id: [] for paper in task.papers}
    for paper, judge in sorted(found.pairs):
        by_paper[paper].append(judge)
    values = {
        "pairs_changed": found.changed,
        "largest_load": found.largest,
        "deviation": found.deviation,
        "experts": found.experts,
    }
    return "propose", {
        "assignments": [{"proposal_id": paper, "judges": judges} for paper, judges in sorted(by_paper.items())],
        "goals": [
            {"name": name, "value": value, "bound": value, "status": "optimal"} for name, value in values.items()
        ],
        "optimal": True,
    }


def _short(each: Shortage) -> dict[str, Any]:
    zh, en = SHORTAGES[each.reason]
    return {
        "kind": f"judges_{each.reason}",
        "about": each.paper,
        "needed": each.needed,
        "available": each.available,
        "conflicts": dict(each.conflicts),
        "zh": f"{zh}：需要 {each.needed} 位，可用 {each.available} 位",
        "en": f"{en}: {each.needed} needed, {each.available} available",
    }


def of_schedule(found: Answer) -> Stored:
    """Proposed; judges sit where somebody pitches."""
    table = found.table
    if table is None:
        raise ValueError("an answer without a timetable")
    return "propose", {
        "sessions": [
            {"session_id": name, "judges": sorted(panel), "proposal_ids": table.entries_of(name)}
            for name, panel in sorted(table.panels.items())
        ],
        "goals": [
            {"name": goal.name, "value": goal.value, "bound": goal.bound, "status": goal.status} for goal in found.goals
        ],
        "optimal": found.status == "optimal",
    }


def of_conflict(found: ConflictSet) -> Stored:
    """What cannot be met together."""
    findings = [{**each.explain(), "conflicts": {}} for each in found.requirements]
    return "find_infeasible", {"findings": findings, "minimal": found.minimal}
