"""A whole activity over HTTP: planned, signed up for, a code that changes, a gate offline, hours, counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from deploy.pilot.client import Session
from deploy.pilot.stage import DAY, Stage


def hold_an_activity(stage: Stage) -> None:
    """Leaves ids in ``stage.made`` for whoever checks scope afterwards."""
    project = next(stage.people["bureau"].every("/v1/projects", round_id=stage.made["round_id"]))
    doer = stage.people[stage.made["login_of"][project["organisation_id"]]]
    starts_at = (stage.now() + timedelta(hours=3)).replace(second=0, microsecond=0)
    path = f"/v1/activities/{_plan(stage, doer, project['project_id'], starts_at)}"
    made = _sign_up(stage, path)
    listed = doer.post(f"{path}/offline-lists")
    assert [one["number"] for one in listed["people"]] == [1, 2, 3]
    _reach(stage, starts_at - timedelta(minutes=10))
    assert doer.get(path)["status"] == "open"
    _check_in(stage, doer, path, made)
    _reach(stage, starts_at + timedelta(minutes=60))
    _upload(doer, path, listed, made, starts_at)
    _check_out(stage, doer, path)
    _reach(stage, starts_at + timedelta(minutes=151))
    _hours(stage, doer, path, project["organisation_id"])
    _counts(stage, doer, path, project["project_id"])


def _plan(stage: Stage, doer: Session, project_id: str, starts_at: datetime) -> str:
    times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=2)).isoformat()}
    content = {"title": "健康义诊（演示）", "kind": "service", "place": "社区活动室", "capacity": 3}
    made = doer.post(f"/v1/projects/{project_id}/activities", **content, **times)
    stage.made["activity_id"] = made["activity_id"]
    assert made["status"] == "planned"
    return str(made["activity_id"])


def _sign_up(stage: Stage, path: str) -> list[dict[str, Any]]:
    """Three have seats, the fourth waits and withdraws."""
    guests = [stage.zhuhai(f"resident-{number}") for number in range(4)]
    made = [guest.post(f"{path}/sign-ups") for guest in guests]
    assert [one["status"] for one in made] == ["signed_up", "signed_up", "signed_up", "waiting"]
    assert guests[0].refused("POST", f"{path}/sign-ups", {}) == "sign_up_exists"
    assert guests[1].refused("GET", f"{path}/sign-ups/{made[0]['sign_up_id']}") == "sign_up_not_found"
    stage.made["sign_up_id"] = made[0]["sign_up_id"]
    url = f"{guests[3].url}{path}/sign-ups/{made[3]['sign_up_id']}"
    gone = stage.http.delete(
        url, headers={"Authorization": f"Bearer {guests[3].bearer()}", "Idempotency-Key": f"withdraw-{stage.run}"}
    )
    assert (gone.status_code, gone.json()["status"]) == (200, "withdrawn")
    return made


def _reach(stage: Stage, moment: datetime) -> None:
    stage.advance(((moment - stage.now()).total_seconds() + 1) / DAY)
    stage.settle()


def _check_in(stage: Stage, doer: Session, path: str, made: list[dict[str, Any]]) -> None:
    """The code on the screen changes; an old one and a wrong one are refused, the QR image is the code of now."""
    first, second = stage.zhuhai("resident-0"), stage.zhuhai("resident-1")
    assert first.refused("GET", f"{path}/code") == "actor_forbidden"
    old = doer.get(f"{path}/code")
    stage.advance(old["seconds"] * 4 / DAY)
    assert first.refused("POST", f"{path}/check-ins", {"code": old["code"]}) == "check_in_code_expired"
    now = doer.get(f"{path}/code")
    image = stage.http.get(f"{doer.url}{path}/code.svg", headers={"Authorization": f"Bearer {doer.bearer()}"})
    assert (image.headers["content-type"], image.headers["cache-control"]) == ("image/svg+xml", "no-store")
    came = first.post(f"{path}/check-ins", code=now["text"])
    assert (came["status"], came["late"], came["sign_up_id"]) == ("present", False, made[0]["sign_up_id"])
    assert first.refused("POST", f"{path}/check-ins", {"code": now["code"]}) == "attendance_exists"
    assert second.post(f"{path}/check-ins", code=doer.get(f"{path}/code")["code"], part="volunteer")["part"] == (
        "participant"
    ), "as signed up"
    assert doer.refused("POST", f"{path}/walk-ins", {"name": "演示来客"}) == "activity_full"


def _upload(doer: Session, path: str, listed: dict[str, Any], made: list[dict[str, Any]], starts_at: datetime) -> None:
    """One who had signed up came by the gate without a network, and one who had not."""
    at = (starts_at + timedelta(minutes=20)).isoformat()
    rows = [
        {"row_id": "phone-1-0001", "sign_up_id": made[2]["sign_up_id"], "arrived_at": at},
        {"row_id": "phone-1-0002", "name": "演示来客", "phone": "13800000001", "arrived_at": at},
        {"row_id": "phone-1-0003", "name": "演示迟客", "arrived_at": (starts_at + timedelta(hours=2)).isoformat()},
    ]
    batch = {"list_id": listed["list_id"], "signature": listed["signature"], "rows": rows}
    answer = doer.post(f"{path}/offline-check-ins", batch)
    assert [one["code"] for one in answer["rows"]] == [None, None, "offline_time_implausible"]
    again = doer.post(f"{path}/offline-check-ins", batch)
    assert (again["accepted"], again["refused"], again["repeated"]) == (0, 0, 3)
    assert doer.refused("POST", f"{path}/offline-check-ins", {**batch, "signature": "0" * 64}) == "offline_list_forged"


def _check_out(stage: Stage, doer: Session, path: str) -> None:
    left = stage.zhuhai("resident-0").post(f"{path}/check-outs", code=doer.get(f"{path}/code")["code"])
    assert left["status"] == "left"


def _hours(stage: Stage, doer: Session, path: str, organisation_id: str) -> None:
    """Held by its clock; whoever did not check out stayed to the end."""
    assert doer.get(path)["status"] == "held"
    guest = stage.zhuhai("resident-0")
    record = guest.get("/v1/platform-record")
    assert (record["title"], record["records"]) == ("平台记录 Platform record", 1)
    assert 60 <= record["minutes"] <= 62
    rows = list(doer.every(f"{path}/attendances"))
    assert sorted(row["method"] for row in rows) == ["code", "code", "offline", "offline"]
    assert sorted(row["minutes"] for row in rows)[1:] == [100, 100, 120]
    assert [row["attendance_id"] for row in guest.every("/v1/attendances")] == [
        row["attendance_id"] for row in guest.every(f"{path}/attendances")
    ]
    all_of_them = doer.get(f"/v1/organisations/{organisation_id}/platform-record")
    assert (all_of_them["people"], all_of_them["minutes"]) == (4, sum(row["minutes"] for row in rows))
    address = f"{guest.url}/v1/platform-record/file?format=pdf"
    paper = stage.http.get(address, headers={"Authorization": f"Bearer {guest.bearer()}"})
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    corrected = doer.post(
        f"/v1/attendances/{rows[0]['attendance_id']}/corrections", void=True, reason="并未到场（演示）"
    )
    assert (corrected["status"], corrected["old"]["minutes"]) == ("applied", rows[0]["minutes"])
    assert doer.post(f"{path}/closing")["status"] == "closed"


def _counts(stage: Stage, doer: Session, path: str, project_id: str) -> None:
    """The guest of the offline list is registered as well, and counts once."""
    project = f"/v1/projects/{project_id}"
    before = doer.get(f"{project}/beneficiary-counts")
    who = {"name": "演示来客", "phone": "13800000001", "health": True}
    assert doer.refused("POST", f"{project}/beneficiaries", who) == "beneficiary_consent_missing"
    made = doer.post(f"{project}/beneficiaries", **who, consent_by="self")
    stage.made["beneficiary_id"] = made["beneficiary_id"]
    assert (made["name"], made["phone"]) == ("演**", "138****0001")
    after = doer.get(f"{project}/beneficiary-counts")
    assert before["people"] in (after["people"], after["people"] - 1), "none twice; one more only if voided before"
    assert after["registered"] == 1
    stage.settle()
    told = stage.people["bureau"].get("/v1/trail/entries", subject=path.rpartition("/")[2])["items"]
    events = {entry["event"] for entry in told}
    assert {"activity_planned", "activity_attended", "offline_check_ins_uploaded", "activity_closed"} <= events
