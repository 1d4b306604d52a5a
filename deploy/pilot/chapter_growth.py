"""Three organisations go into incubation; visits, a finding put right, a consultation answered."""

from __future__ import annotations

from typing import Any

from deploy.pilot.names import ZHUHAI
from deploy.pilot.stage import Stage

ADMITTED = (1, 2, 3)
SCORES = {"governance": 55, "team": 60, "service": 70, "finance": 45, "resources": 50, "publicity": 40}


def incubate(stage: Stage) -> None:
    """Apply, review, public notice, agreement with specialist and steward, incubating with a growth plan."""
    with stage.chapter("入孵：申请、评审、公示 · application, review, public notice"):
        cases = [_apply(stage, stage.made["cso"][number]) for number in ADMITTED]
        stage.advance(9)
    with stage.chapter("签约、专员与管家到位、成长方案 · agreement, team, growth plan"):
        statuses = [_admit(stage, case, number) for number, case in enumerate(cases)]
    stage.made["case_ids"] = [case["case_id"] for case in cases]
    stage.checks.equal("三个组织在孵 three cases incubating", statuses, ["incubating"] * 3)
    with stage.chapter("督导、整改、政策咨询 · supervision visits, a rectified finding, a consultation"):
        _visits(stage)
        _consult(stage)


def _apply(stage: Stage, organisation: dict[str, Any]) -> dict[str, Any]:
    applicant = stage.zhuhai(organisation["login"])
    policies = {one["key"]: one["value"] for one in stage.people["bureau"].get("/v1/policies/registry")["items"]}
    documents = [{"kind": kind, "title": f"{kind}（演示）"} for kind in policies["case_documents"]]
    case: dict[str, Any] = applicant.post(
        "/v1/cases", organisation_id=organisation["organisation_id"], statement="申请入孵（演示）", documents=documents
    )
    path = f"/v1/cases/{case['case_id']}"
    applicant.post(f"{path}/submission")
    stage.people["specialist"].post(f"{path}/screening")
    stage.people["specialist"].post(f"{path}/screening/passing")
    for reviewer in ("bureau", "specialist", "staff"):
        stage.people[reviewer].post(f"{path}/votes", choice="approve")
    stage.people["bureau"].post(f"{path}/decision")
    return case


def _admit(stage: Stage, case: dict[str, Any], number: int) -> str:
    specialist, path = stage.people["specialist"], f"/v1/cases/{case['case_id']}"
    steward = f"steward-{1 + number % 2}"
    specialist.post(
        f"{path}/assessments", kind="baseline", scores={key: value + number for key, value in SCORES.items()}
    )
    specialist.post(f"{path}/team", role="specialist", account_id=stage.accounts["specialist"])
    specialist.post(f"{path}/team", role="steward", account_id=stage.accounts[steward])
    specialist.post(f"{path}/resources", kind="legal", title="演示律师志愿者")
    specialist.post(f"{path}/agreement")
    status = specialist.post(f"{path}/incubation")["status"]
    _growth_plan(stage, case, steward)
    return str(status)


def _growth_plan(stage: Stage, case: dict[str, Any], steward: str) -> None:
    author = stage.people[steward]
    goals = [{"stage": "start", "goal": "完善章程与分工", "measure": "章程通过", "due_on": stage.day(60)}]
    plan = author.post("/v1/plans", case_id=case["case_id"], summary="成长方案（演示）", goals=goals)
    path = f"/v1/plans/{plan['plan_id']}"
    stage.people[f"hub-{ZHUHAI}"].post(f"{path}/comments", text="建议增加志愿者培训")
    goals.append({"stage": "growth", "goal": "骨干培训两期", "measure": "每期二十人", "due_on": stage.day(150)})
    author.post(f"{path}/versions", summary="成长方案，二稿（演示）", goals=goals)
    author.post(f"{path}/submission")
    stage.people["specialist"].post(f"{path}/approval")


def _visits(stage: Stage) -> None:
    hub = stage.zhuhai(f"hub-{ZHUHAI}")
    for number in (1, 2):
        organisation = stage.made["cso"][number]
        visit = hub.post(
            "/v1/visits",
            organisation_id=organisation["organisation_id"],
            planned_on=stage.day(0),
            topic="月度督导（演示）",
        )
        path = f"/v1/visits/{visit['visit_id']}"
        finding = {"severity": "medium", "text": "活动签到不全", "due_on": stage.day(10)}
        held = hub.post(
            f"{path}/report", summary="走访并座谈（演示）", attendance=6, findings=[finding] if number == 2 else []
        )
        for found in held["findings"]:
            one = f"{path}/findings/{found['finding_id']}"
            stage.zhuhai(organisation["login"]).post(f"{one}/rectification", note="已补全签到并启用扫码")
            held = hub.post(f"{one}/recheck", passed=True, note="已整改")
        if held["status"] != "closed":
            held = hub.post(f"{path}/closing")
        stage.checks.equal(f"第 {number} 次督导办结 visit {number} closed", held["status"], "closed")
    stage.tell("督导 supervision visits", "2，其中 1 个问题已整改")


def _consult(stage: Stage) -> None:
    asked = stage.zhuhai("cso-1").post("/v1/consultations", topic="filing", question="备案组织能否开立账户？（演示）")
    answered = stage.people["specialist"].post(
        f"/v1/consultations/{asked['consultation_id']}/answer",
        answer="备案组织不具法人资格，可由街道或枢纽组织代管资金（演示答复）。",
        citations=[{"title": "关于大力培育发展社区社会组织的意见", "document_number": "民发〔2017〕191号"}],
    )
    stage.checks.equal("政策咨询已答复 the consultation was answered", answered["status"], "answered")
