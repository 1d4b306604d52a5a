"""Who takes part: hubs of four streets, funders, staff, judges, the seed group, seven organisations, residents."""

from __future__ import annotations

from typing import Any

from deploy.pilot.chapter_round import JUDGES, RESIDENTS
from deploy.pilot.names import ORGANISATIONS, STREETS, ZHUHAI, credit_code
from deploy.pilot.stage import Stage

MEMBERS = 12


def gather_people(stage: Stage) -> None:
    """Accounts and organisations."""
    with stage.chapter("枢纽组织、资源方、专员与管家 · hubs, funders, staff"):
        _staff(stage)
        _hubs(stage)
        _funders(stage)
    with stage.chapter("种子小组成长备案，另有六个社区社会组织 · a seed group is filed, six more organisations"):
        stage.made["cso"] = [_seed_group(stage)]
        stage.made["cso"] += [_organisation(stage, number) for number in range(1, len(ORGANISATIONS))]
    with stage.chapter(f"五名评委、{RESIDENTS} 名核验居民 · judges and verified residents"):
        _judges(stage)
        _residents(stage)
        stage.settle()
    stage.tell("枢纽组织 hub organisations", len(STREETS))
    stage.tell("社区社会组织 community organisations", len(stage.made["cso"]))
    stage.checks.equal("组织信用代码有效 hubs hold valid credit codes", len(stage.made["hub"]), len(STREETS))


def _staff(stage: Stage) -> None:
    stage.made.update(org={}, login_of={}, hub={}, case_ids=[], street=ZHUHAI)
    stage.open_account("bureau", "bureau", email=f"bureau-{stage.run}@demo.invalid")
    stage.open_account("specialist", "specialist", email=f"specialist-{stage.run}@demo.invalid")
    stage.open_account("staff", "street_staff", street_codes=[ZHUHAI], email=f"staff-{stage.run}@demo.invalid")
    for number in (1, 2):
        stage.open_account(f"steward-{number}", "steward", street_codes=[ZHUHAI])


def _register(stage: Stage, key: str, role: str, body: dict[str, Any], **account: Any) -> dict[str, Any]:
    """An organisation and the account of its contact."""
    made: dict[str, Any] = stage.people["bureau"].post("/v1/organisations", body)
    stage.open_account(
        key, role, organisation_id=made["organisation_id"], email=f"{key}-{stage.run}@demo.invalid", **account
    )
    stage.made["org"][key] = made["organisation_id"]
    stage.made["login_of"][made["organisation_id"]] = key
    return made


def _hubs(stage: Stage) -> None:
    for code, street in STREETS.items():
        body = {
            "name": f"{street}社会组织发展中心（演示 {stage.run}）",
            "kind": "hub",
            "legal_tier": "registered",
            "uscc": credit_code(stage.random),
            "responsible_person": "演示负责人",
            "street_code": code,
        }
        stage.made["hub"][code] = _register(stage, f"hub-{code}", "hub", body, street_codes=[code])["organisation_id"]


def _funders(stage: Stage) -> None:
    for key, kind, name, prefix in (
        ("enterprise", "enterprise", "海岸新材有限公司", "91"),
        ("foundation", "foundation", "西海岸公益基金会", "53"),
    ):
        body = {
            "name": f"{name}（演示 {stage.run}）",
            "kind": kind,
            "legal_tier": "registered",
            "uscc": credit_code(stage.random, prefix),
            "responsible_person": "演示负责人",
        }
        _register(stage, key, "provider", body)
    hook = stage.people["enterprise"].post("/v1/webhook-endpoints", url=f"{stage.peers}/hook", note="演示回调")
    stage.made["endpoint_id"] = hook["endpoint_id"]


def _seed_group(stage: Stage) -> dict[str, Any]:
    """Backbone people gather residents, meet, pass the threshold and are filed."""
    name, fields = ORGANISATIONS[0]
    hub, staff = stage.zhuhai(f"hub-{ZHUHAI}"), stage.zhuhai("staff")
    group = hub.post(
        "/v1/seed-groups", name=f"{name}{stage.run}", street_code=ZHUHAI, fields=fields, purpose="邻里互助（演示）"
    )
    path = f"/v1/seed-groups/{group['seed_group_id']}"
    for number in range(MEMBERS):
        kind = "backbone" if number < 4 else "resident"
        group = hub.post(f"{path}/members", kind=kind, name=f"演示成员{number + 1}", phone=f"1380000{number:04d}")
    meetings = 0
    while group["status"] == "gathering" and meetings < 5:
        meetings += 1
        group = hub.post(f"{path}/meetings", held_on=stage.day(0), attendance=MEMBERS, topic="商议章程（演示）")
    stage.checks.equal("种子小组达到门槛 the seed group passed its threshold", group["status"], "ready")
    filed = staff.post(f"{path}/filing", filing_number=f"演示备案-{stage.run}-000", responsible_person="演示负责人")
    organisation_id = filed["organisation_id"]
    stage.open_account("cso-0", "cso", organisation_id=organisation_id, street_codes=[ZHUHAI])
    stage.made["login_of"][organisation_id] = "cso-0"
    stage.tell("种子小组备案 seed group filed", f"{group['members']} 名成员 → {name}")
    return {"organisation_id": organisation_id, "login": "cso-0"}


def _organisation(stage: Stage, number: int) -> dict[str, Any]:
    name, fields = ORGANISATIONS[number]
    body = {
        "name": f"{name}{stage.run}",
        "kind": "cso",
        "legal_tier": "filed",
        "filing_number": f"演示备案-{stage.run}-{number:03d}",
        "responsible_person": "演示负责人",
        "fields": fields,
        "street_code": ZHUHAI,
        "hub_id": stage.made["hub"][ZHUHAI],
    }
    made = _register(stage, f"cso-{number}", "cso", body, street_codes=[ZHUHAI])
    return {"organisation_id": made["organisation_id"], "login": f"cso-{number}"}


def _judges(stage: Stage) -> None:
    for number in range(JUDGES):
        organisation = {"organisation_id": stage.made["cso"][2]["organisation_id"]} if number == 4 else {}
        stage.open_account(f"judge-{number}", "judge", **organisation)


def _residents(stage: Stage) -> None:
    places = stage.people["bureau"].get("/v1/places", level="community", parent_code=ZHUHAI, limit=200)["items"]
    codes = [place["code"] for place in places if "演示" not in place["name"]]  # nor those of an earlier run
    stage.checks.equal("珠海街道社区数 communities of Zhuhai Street", len(codes), 22)

    def open_one(number: int) -> None:
        stage.open_account(
            f"resident-{number}",
            "resident",
            street_codes=[ZHUHAI],
            community_code=codes[number % len(codes)],
            verified=True,
        )

    stage.together(open_one, range(RESIDENTS))
