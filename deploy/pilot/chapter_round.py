"""A micro-venture round: funded, drafted for, screened, pitched, voted on, decided, objected to, awarded, paid."""

from __future__ import annotations

import hashlib
from typing import Any

from deploy.pilot.names import BUILDING, ELDER, IDEAS, SERVICE, SUNSET, ZHUHAI, Idea
from deploy.pilot.stage import Stage
from services.projects.trail import verify_ballot

JUDGES = 5
RESIDENTS = 300
BUDGET = "100000.00"
RUBRIC = (("need", "需求", 30), ("plan", "方案", 40), ("team", "团队", 30))
OBJECTED = "phone"


def hold_round(stage: Stage) -> None:
    """From two funders' offers to the first tranches."""
    with stage.chapter("微创投：资金、发布、申报 · a funded, published round and its proposals"):
        _publish(stage)
        _draft(stage)
    with stage.chapter("初筛、评委、路演 · screening, judges, roadshow"):
        _screen(stage)
        _review(stage)
    with stage.chapter(f"居民投票：{RESIDENTS} 张选票 · residents' ballots"):
        _vote(stage)
    with stage.chapter("规则决定、公示、异议、立项、首期拨付 · decision, notice, objection, awards"):
        _decide(stage)
        _award(stage)


def _round(stage: Stage) -> str:
    return f"/v1/rounds/{stage.made['round_id']}"


def _publish(stage: Stage) -> None:
    bureau = stage.people["bureau"]
    made = bureau.post(
        "/v1/rounds",
        name=f"珠海街道社区微创投（演示 {stage.run}）",
        scale="micro",
        fields=[ELDER, BUILDING, SERVICE],
        street_code=ZHUHAI,
        budget=BUDGET,
        cap="30000.00",
        eligibility={"tiers": ["registered", "filed"], "exclude_breach": True, "max_proposals": 2},
        rubric=[{"key": key, "name": name, "weight": weight} for key, name, weight in RUBRIC],
        judges_per_proposal=4,
        allocation={"rule": "rank_until_exhausted", "judge_weight": 70, "resident_weight": 30},
        tranche_plan=[50, 30, 20],
        approvals_limit=3,
        opens_at=stage.instant(days=1),
        closes_at=stage.instant(days=15),
    )
    stage.made["round_id"] = made["round_id"]
    stage.made["offers"] = []
    for funder, amount in (("enterprise", "60000.00"), ("foundation", "40000.00")):
        _pledge(stage, funder, amount)
    stage.settle()
    published = bureau.post(f"{_round(stage)}/publication")
    stage.checks.equal("资金池到位 the pool is funded", published["pool"], BUDGET)
    stage.checks.true("规则已冻结 rules frozen by hash", bool(published["rules_hash"]), published["rules_hash"][:16])
    stage.advance(1.1)  # the clock opens the round


def _pledge(stage: Stage, funder: str, amount: str) -> None:
    offer = stage.people[funder].post("/v1/offers", kind="funds", title="微创投资金（演示）", amount=amount)
    path = f"/v1/offers/{offer['offer_id']}"
    stage.people["specialist"].post(f"{path}/verification")
    stage.people[funder].post(f"{path}/opening")
    stage.made["offers"].append(offer["offer_id"])
    stage.people["bureau"].post(
        f"{_round(stage)}/pool-lines",
        offer_id=offer["offer_id"],
        funder_organisation_id=stage.made["org"][funder],
        amount=amount,
    )


def _plan(stage: Stage, idea: Idea) -> dict[str, Any]:
    return {
        "need": f"{idea.title}：社区调研显示需求迫切（演示）",
        "beneficiaries": "珠海街道居民（演示）",
        "beneficiary_count": 120,
        "goals": "每月至少两次活动，满意度九成以上",
        "activities": f"{idea.title}：入户走访、小组活动、成果展示",
        "team": "社工一名，志愿者十名",
        "risks": "天气与场地；备用室内场地",
        "sustainability": "纳入社区常规服务",
        "starts_on": stage.day(60),
        "ends_on": stage.day(240),
        "milestones": [
            {"title": "中期成果", "due_on": stage.day(120), "tranche_number": 2},
            {"title": "结项成果", "due_on": stage.day(220), "tranche_number": 3},
        ],
    }


def _draft(stage: Stage) -> None:
    stage.made["proposal"] = {}
    for idea in IDEAS:
        author = stage.people[stage.made["cso"][idea.organisation]["login"]]
        third = idea.yuan // 3
        proposal = author.post(
            "/v1/proposals",
            round_id=stage.made["round_id"],
            title=idea.title,
            field=idea.field,
            amount=f"{idea.yuan}.00",
            plan=_plan(stage, idea),
            budget=[
                {"line": "活动物料", "amount": f"{third}.00"},
                {"line": "人员补贴", "amount": f"{third}.00"},
                {"line": "场地与交通", "amount": f"{idea.yuan - 2 * third}.00"},
            ],
        )
        stage.made["proposal"][idea.key] = proposal["proposal_id"]
        author.post(f"/v1/proposals/{proposal['proposal_id']}/submission")
    returned = f"/v1/proposals/{stage.made['proposal']['class']}"
    author = stage.people[stage.made["cso"][4]["login"]]
    stage.people["staff"].post(f"{returned}/return", reason="请补充安全预案")
    author.patch(returned, plan={"risks": "天气与场地；备用室内场地；安全预案与保险（演示）"})
    author.post(f"{returned}/submission")
    stage.advance(15)  # the clock closes the round
    stage.tell("方案 proposals", f"{len(IDEAS)}，退回修改 1")


def _screen(stage: Stage) -> None:
    staff = stage.zhuhai("staff")
    staff.post(f"{_round(stage)}/screening")
    for key, proposal_id in stage.made["proposal"].items():
        path = f"/v1/proposals/{proposal_id}"
        if key == "again":
            flags = staff.get(path)["flags"]
            stage.checks.true("重复资助被系统标出 double funding is flagged", bool(flags), flags[:1])
            staff.post(f"{path}/exclusion", reason="double_funding", note="与“牵手夕阳乐享老年”目的重叠")
        else:
            staff.post(f"{path}/eligibility")


def _review(stage: Stage) -> None:
    bureau, staff = stage.people["bureau"], stage.zhuhai("staff")
    for number in range(JUDGES):
        bureau.post(f"{_round(stage)}/judges", account_id=stage.accounts[f"judge-{number}"])
    bureau.post(f"{_round(stage)}/assignments")
    recused = [row for row in bureau.every(f"{_round(stage)}/assignments") if row["recused"]]
    stage.checks.equal(
        "评委回避由系统算出 one judge recused by computed conflict",
        [(row["judge_account_id"], row["proposal_id"]) for row in recused],
        [(stage.accounts["judge-4"], stage.made["proposal"]["garden"])],
    )
    bureau.post(f"{_round(stage)}/review")
    bureau.post(f"{_round(stage)}/shortlist")
    bureau.post(f"{_round(stage)}/roadshow-phase")
    roadshow = staff.post(
        "/v1/roadshows", round_id=stage.made["round_id"], starts_at=stage.instant(days=2), place="街道中心（演示）"
    )
    path = f"/v1/roadshows/{roadshow['roadshow_id']}"
    drawn = staff.post(f"{path}/draw")
    stage.checks.true("抽签种子有记录 the draw's seed is recorded", bool(drawn["draw_seed"]), drawn["draw_seed"][:16])
    stage.advance(2.05)
    staff.post(f"{path}/start")
    for pitch in drawn["pitches"]:
        _pitch(stage, pitch)
    staff.post(f"{path}/tally")
    staff.post(f"{path}/seal")
    stage.made["roadshow"] = path
    code = stage.people["judge-4"].refused(
        "PUT", f"/v1/proposals/{stage.made['proposal']['garden']}/score-sheet", {"scores": {"need": 1}, "lock": False}
    )
    stage.checks.true("回避评委不能评分 a recused judge cannot score", bool(code), code)


def _pitch(stage: Stage, pitch: dict[str, Any]) -> None:
    staff, path = stage.zhuhai("staff"), f"/v1/pitches/{pitch['pitch_id']}"
    staff.post(f"{path}/presentation")
    staff.post(f"{path}/questions")
    staff.post(f"{path}/scoring")
    key = next(key for key, proposal in stage.made["proposal"].items() if proposal == pitch["proposal_id"])
    merit = next(idea.merit for idea in IDEAS if idea.key == key)
    for number in range(JUDGES):
        if (number, key) == (4, "garden"):
            continue
        scores = {name: max(0, min(100, merit + number - 2)) for name, _, _ in RUBRIC}
        stage.people[f"judge-{number}"].put(
            f"/v1/proposals/{pitch['proposal_id']}/score-sheet", scores=scores, comment="演示", lock=True
        )
    staff.post(f"{path}/lock")


def _vote(stage: Stage) -> None:
    staff = stage.zhuhai("staff")
    staff.post(f"{_round(stage)}/vote/opening", closes_at=stage.instant(days=3))
    choices = {idea.key: idea.support for idea in IDEAS if idea.key != "again"}
    residents = [f"resident-{number}" for number in range(RESIDENTS)]

    def cast(key: str) -> dict[str, Any]:
        liked = sorted(choices, key=lambda one: _lean(stage.run, key, one) - choices[one])[:3]
        ballot: dict[str, Any] = stage.zhuhai(key).post(
            f"{_round(stage)}/vote/ballots", proposal_ids=[stage.made["proposal"][one] for one in liked]
        )
        return ballot

    receipts = stage.together(cast, residents)
    code = stage.zhuhai(residents[0]).refused(
        "POST", f"{_round(stage)}/vote/ballots", {"proposal_ids": [stage.made["proposal"]["sunset"]]}
    )
    stage.checks.true("一人一票 a second ballot is refused", bool(code), code)
    stage.advance(3.05)  # the clock closes the vote
    vote = staff.get(f"{_round(stage)}/vote")
    stage.checks.equal("选票数 ballots", vote["participation"], RESIDENTS)
    stage.checks.equal("公布前无计票 tallies hidden before publication", vote["support"], None)
    proof = staff.get(f"{_round(stage)}/vote/ballots/{receipts[7]['commitment']}")
    verify_ballot.verify(proof["receipt"])
    included = proof["included"] and proof["receipt"]["root"] == proof["commitment"]
    stage.checks.true("选票回执可核验 a ballot's receipt proves inclusion", included, proof["commitment"][:16])
    stage.tell("居民投票 ballots", vote["participation"])


def _lean(run: str, resident: str, idea: str) -> float:
    """A resident's fixed taste for an idea, uniform in [0, 1)."""
    return int.from_bytes(hashlib.sha256(f"{run} {resident} {idea}".encode()).digest()[:6], "big") / 2**48


def _decide(stage: Stage) -> None:
    bureau, people = stage.people["bureau"], stage.people
    bureau.post(f"{_round(stage)}/determination")
    bureau.post(f"{_round(stage)}/notice")
    stage.zhuhai("staff").post(f"{stage.made['roadshow']}/publication")
    decision = bureau.get(f"{_round(stage)}/decision")
    outcomes = {row["title"]: row for row in decision["outcomes"]}
    stage.checks.true(
        "牵手夕阳乐享老年以得分入选 wins by its score",
        outcomes[SUNSET]["outcome"] == "recommended",
        f"第 {outcomes[SUNSET]['rank']} 名 {outcomes[SUNSET]['combined']}",
    )
    target = stage.made["proposal"][OBJECTED]
    objection = people["resident-0"].post(
        f"{_round(stage)}/objections", proposal_id=target, grounds="该课程与街道既有课程重复（演示异议）"
    )
    refused = bureau.refused("POST", f"{_round(stage)}/award", {})
    stage.checks.true("公示期内不得立项 no award during the notice", bool(refused), refused)
    bureau.post(f"/v1/round-objections/{objection['objection_id']}/upholding", finding="查证属实（演示）")
    after = {row["proposal_id"]: row["outcome"] for row in bureau.get(f"{_round(stage)}/decision")["outcomes"]}
    promoted = stage.made["proposal"]["corridor"]
    stage.checks.equal("异议成立后候补递补 a reserve moved up", after[promoted], "recommended")
    stage.checks.true("被异议方案落选 the objected one is out", after[target] != "recommended", after[target])
    stage.advance(8 + 7)


def _award(stage: Stage) -> None:
    bureau = stage.people["bureau"]
    bureau.post(f"{_round(stage)}/award")
    awards = list(bureau.every("/v1/awards", round_id=stage.made["round_id"]))
    titles = {stage.made["proposal"][idea.key]: idea for idea in IDEAS}
    winners = []
    for award in awards:
        login = stage.made["login_of"][award["organisation_id"]]
        bureau.post(f"/v1/awards/{award['award_id']}/signature")
        signed = stage.people[login].post(f"/v1/awards/{award['award_id']}/signature")
        first = min(signed["tranches"], key=lambda one: one["number"])
        bureau.post(
            f"/v1/tranches/{first['tranche_id']}/payment", bank_reference=f"DEMO-{stage.run}-{award['award_id'][-6:]}"
        )
        idea = titles[award["proposal_id"]]
        winners.append({"login": login, "field": idea.field, "title": idea.title, "award_id": award["award_id"]})
    stage.made["winners"] = winners
    stage.settle()
    stage.tell("立项 awards", "、".join(winner["title"] for winner in winners))
    money = bureau.get(f"{_round(stage)}/money")
    stage.checks.true(
        "立项合计不超预算 never above the budget", float(money["committed"]) <= float(BUDGET), money["committed"]
    )
