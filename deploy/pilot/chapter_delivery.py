"""The funded projects: milestones, evaluations, tranches, a budget change, final report, money back, closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.pilot.chapter_orders import PNG
from deploy.pilot.client import Session
from deploy.pilot.stage import Stage


def deliver_projects(stage: Stage) -> None:
    """Every project of the round to its end."""
    projects = list(stage.people["bureau"].every("/v1/projects", round_id=stage.made["round_id"]))
    with stage.chapter("项目实施：里程碑、中期评估、拨付、变更、结项 · delivery"):
        for number, project in enumerate(sorted(projects, key=lambda one: one["title"])):
            _one_project(stage, project, number, is_last=number == len(projects) - 1)
    closed = [stage.people["bureau"].get(f"/v1/projects/{project['project_id']}")["status"] for project in projects]
    stage.tell("项目办结 projects closed", closed.count("closed"))
    reports = len(stage.made.get("report_slots", []))
    stage.checks.true("到期的定期报告均已通过 periodic reports that were due are accepted", reports >= 1, reports)
    stage.checks.equal("获资助项目全部办结 every project closed", closed.count("closed"), len(projects))
    stage.made["projects"] = [project["project_id"] for project in projects]


def _one_project(stage: Stage, project: dict[str, Any], number: int, *, is_last: bool) -> None:
    path = f"/v1/projects/{project['project_id']}"
    staff, bureau = stage.people["bureau"], stage.people["bureau"]
    doer = stage.people[stage.made["login_of"][project["organisation_id"]]]
    if number == 0:
        _change_budget(doer, staff, path)
    milestones = sorted(doer.get(path)["milestones"], key=lambda one: one["number"])
    _spend(stage, doer, path, share=40)
    _milestone(doer, staff, path, milestones[0])
    _report(stage, doer, path, tranche=1)
    staff.post(f"{path}/mid-review")
    staff.post(f"{path}/evaluations", kind="mid_term", score=88 - number * 6, comment="演示评估")
    _pay(bureau, project, 2)
    _spend(stage, doer, path, share=25)
    for milestone in milestones[1:]:
        _milestone(doer, staff, path, milestone)
    _report(stage, doer, path, tranche=2)
    _pay(bureau, project, 3)
    stage.advance(max(30, _days_to_a_report(stage, staff, project["project_id"])) if is_last else 30)
    _periodic(stage, doer, staff, project["project_id"])
    _report(stage, doer, path, tranche=3)
    doer.post(f"{path}/final-report", text="演示结项报告", beneficiary_count=120 + number)
    staff.post(f"{path}/evaluations", kind="final", score=90 - number * 5, comment="演示评估")
    _return_rest(doer, bureau, path, project)
    stage.settle()
    staff.post(f"{path}/acceptance")
    staff.post(f"{path}/closing")


def _change_budget(doer: Session, staff: Session, path: str) -> None:
    lines = doer.get(path)["budget"]
    first, last = lines[0], lines[-1]
    moved = 100_00
    changed = [
        {**line, "amount": yuan(fen(line["amount"]) + (moved if line is last else -moved if line is first else 0))}
        for line in lines
    ]
    change = doer.post(f"{path}/budget-changes", lines=changed, reason="课程物料涨价，人员费用结余")
    if change["status"] == "requested":  # a small shift is only told
        staff.post(f"{path}/budget-changes/{change['budget_change_id']}/decision", approved=True, note="同意")


def _milestone(doer: Session, staff: Session, path: str, milestone: dict[str, Any]) -> None:
    evidence = doer.upload(PNG + milestone["milestone_id"].encode(), "image/png")
    doer.post(
        f"{path}/milestones/{milestone['milestone_id']}/submission", summary="按计划完成（演示）", evidence=[evidence]
    )
    staff.post(f"{path}/milestones/{milestone['milestone_id']}/acceptance", note="通过")


def _spend(stage: Stage, doer: Session, path: str, *, share: int) -> None:
    """Spend ``share`` per cent of every budget line, with a receipt."""
    for line in doer.get(path)["budget"]:
        amount = fen(line["amount"]) * share // 100
        receipt = doer.upload(PNG + f"{path} {line['line']} {share}".encode(), "image/png")
        doer.post(
            f"{path}/spendings",
            line=line["line"],
            amount=yuan(amount),
            spent_on=stage.day(0),
            purpose="演示支出",
            receipts=[receipt],
        )


def _report(stage: Stage, doer: Session, path: str, *, tranche: int) -> None:
    doer.post(
        f"{path}/reports",
        kind="tranche",
        tranche_number=tranche,
        period_from=stage.day(-30),
        period_until=stage.day(0),
        text="演示：本期拨款使用情况",
        beneficiary_count=40 * tranche,
    )


def _days_to_a_report(stage: Stage, staff: Session, project_id: str) -> int:
    """Until the first is due: months and working days decide, so that it depends on the day the pilot began."""
    due = min(date.fromisoformat(slot["due_on"]) for slot in staff.every("/v1/report-slots", project_id=project_id))
    return (due - stage.today()).days


def _periodic(stage: Stage, doer: Session, staff: Session, project_id: str) -> None:
    """Each report that is due, begun from the platform's own figures."""
    today = stage.day(0)
    for slot in list(staff.every("/v1/report-slots", project_id=project_id)):
        if slot["due_on"] > today or slot["status"] not in {"expected", "overdue"}:
            continue
        path = f"/v1/report-slots/{slot['report_slot_id']}"
        figures = doer.get(f"{path}/figures")
        counts: dict[str, Any] = {
            name: figures[name] or 0 for name in ("activity_count", "beneficiary_count", "service_minutes")
        }
        doer.post(f"{path}/submission", text="演示：本期实施情况", **counts, spending=figures["spending"])
        staff.post(f"{path}/acceptance", note="通过")
        stage.made.setdefault("report_slots", []).append(slot["report_slot_id"])


def _award(bureau: Session, project: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        award
        for award in bureau.every("/v1/awards", round_id=project["round_id"])
        if award["project_id"] == project["project_id"]
    )
    return found


def _pay(bureau: Session, project: dict[str, Any], number: int) -> None:
    tranche = next(one for one in _award(bureau, project)["tranches"] if one["number"] == number)
    reference = f"DEMO-{tranche['tranche_id'][-8:]}"
    bureau.post(f"/v1/tranches/{tranche['tranche_id']}/payment", bank_reference=reference)


def _return_rest(doer: Session, bureau: Session, path: str, project: dict[str, Any]) -> None:
    """What was disbursed and not spent goes back to the pool."""
    rest = fen(project["award"]) - fen(doer.get(path)["spent"])
    award = _award(bureau, project)
    reference = f"DEMO-R-{award['award_id'][-8:]}"
    bureau.post(f"/v1/awards/{award['award_id']}/returns", amount=yuan(rest), bank_reference=reference)


def fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
