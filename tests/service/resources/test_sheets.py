"""Offers and needs as sheets: every row through the guards of a single one, and a report."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis.errors import ForbiddenError, InvalidError, NotFoundError
from chassis.runtime import jobrunner
from chassis.tables import Job, OutboxEvent
from services.resources.bulk import jobs
from services.resources.bulk.models import ImportedRow
from services.resources.needs.models import Need
from services.resources.offers.models import Offer
from services.resources.stock.models import StockMovement
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry import sheets
from tests.service.registry.sheets import as_csv, as_xlsx
from tests.service.resources.conftest import World, later

FORMS = {"csv": as_csv, "xlsx": as_xlsx}
ZH = ("提供方", "类别", "名称", "金额（元）", "数量", "单位", "服务小时", "技能", "标签", "街道代码", "有效期至")
EN = (
    *("Provider", "Kind", "Title", "Amount (yuan)", "Quantity", "Unit", "Hours", "Skills", "Tags", "Street code"),
    "Expires on",
)
NAMES = ("provider", "kind", "title", "amount", "quantity", "unit", "hours", "skills", "tags", "street", "expires_on")
NEED = ("需求方", "类别", "名称", "数量", "单位", "截止日期", "街道代码", "标签", "紧急程度")


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())


def row(number: int, **cells: str) -> list[str]:
    """A good row of wheelchairs under :data:`ZH` or :data:`EN`."""
    facts = dict.fromkeys(NAMES, "")
    facts |= {"provider": "enterprise", "kind": "物资", "title": f"轮椅 第{number}批（演示）", "quantity": "40"}
    facts |= {"unit": "辆", "tags": "轮椅、康复", "street": ZHUHAI, **cells}
    return [facts[name] for name in NAMES]


def need(number: int, **cells: str) -> list[str]:
    facts = {"who": "sunset", "kind": "Materials", "title": f"缺轮椅 {number}（演示）", "quantity": "10", "unit": "辆"}
    facts |= {"due_on": later(30), "street": "", "tags": "轮椅", "urgency": "紧急", **cells}
    return list(facts.values())


def run(caller: Caller, content: bytes, mode: str, form: str = "csv", name: str = "offers") -> dict[str, Any]:
    """The finished job."""
    job = caller(f"resources.import_{name}", file=sheets.store(content, form), mode=mode)
    caller.host.settle()
    view: dict[str, Any] = caller("resources.get_job", job_id=job["job_id"])
    return view


def done(caller: Caller, content: bytes, mode: str = "all_or_nothing", **about: str) -> dict[str, Any]:
    view = run(caller, content, mode, **about)
    assert view["status"] == "done", view["error"]
    assert view["done"] == view["total"] == view["result"]["rows"]
    result: dict[str, Any] = view["result"]
    return result


def told(result: dict[str, Any], form: str = "csv") -> dict[int, list[tuple[str, str, str]]]:
    """Line → (outcome, column, code) of each line of the report."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for cells in sheets.rows_of(sheets.fetch(result["report"]), form)[2:]:
        found.setdefault(int(float(cells[0])), []).append((cells[1].split()[-1], cells[3].split(" ")[0], cells[4]))
    return found


def count(world: World, model: Any = Offer) -> int:
    with world.host.executors["resources"].sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("headings", [ZH, EN])
def test_a_sheet_becomes_offers_as_single_ones_would_be(world: World, form: str, headings: tuple[str, ...]) -> None:
    rows = [headings, *(row(number) for number in range(1, 6))]
    rows.append(row(6, kind="Funds", quantity="", unit="", amount="30,000.50", expires_on="2099/1/2", street=""))
    bureau = world.bureau
    result = done(bureau, FORMS[form](rows), form=form)
    assert (result["drafted"], result["refused"], count(world), count(world, StockMovement)) == (6, 0, 6, 6)
    items = world.provider("enterprise")("resources.list_offers")["items"]
    single = world.bureau(
        "resources.draft_offer",
        organisation_id=world.organisations["enterprise"],
        **{"kind": "materials", "title": items[1]["title"], "quantity": 40, "unit": "辆", "street_code": ZHUHAI},
        tags=["轮椅", "康复"],
    )
    differ = {"offer_id", "created_at"}
    assert all(items[1][name] == single[name] for name in single.keys() - differ)
    assert (items[0]["amount"], items[0]["expires_on"], items[0]["street_code"]) == ("30000.50", "2099-01-02", None)
    with world.host.executors["resources"].sessions() as session:
        events = list(session.scalars(select(OutboxEvent).where(OutboxEvent.name == "offer_drafted")))
        summary = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "offers_imported")).one()
    assert [event.subject_version for event in events] == [1] * 7
    assert (summary.payload["drafted"], summary.payload["account_id"]) == (6, bureau.who and bureau.who.account_id)
    assert "轮椅" not in str(summary.payload)


def test_a_dry_run_passes_every_guard_and_writes_nothing(world: World) -> None:
    before = count(world, OutboxEvent)
    rows = [
        ZH,
        row(1),
        row(2, kind="外星物", quantity="很多"),
        row(3, unit=""),
        row(4, expires_on="2001-01-01"),
        row(5, provider="没有这家"),
        row(6, title="=HYPERLINK(1)"),
        row(7, street="珠海街道"),
        row(8, title=""),
        row(1),
    ]
    result = done(world.bureau, as_csv(rows), "dry_run")
    assert told(result) == {
        2: [("valid", "", "")],
        3: [("refused", "类别", "import_value_unknown"), ("refused", "数量", "import_value_invalid")],
        4: [("refused", "单位", "offer_incomplete")],
        5: [("refused", "有效期至", "offer_expired")],
        6: [("refused", "提供方", "import_value_unknown")],
        7: [("refused", "名称", "import_cell_formula")],
        8: [("refused", "街道代码", "import_value_invalid")],
        9: [("refused", "名称", "import_value_invalid")],
        10: [("refused", "", "import_row_same")],
    }
    assert (result["valid"], result["refused"], result["drafted"]) == (1, 8, 0)
    assert (count(world), count(world, ImportedRow), count(world, OutboxEvent)) == (0, 0, before)


def test_all_or_nothing_is_nothing_when_a_guard_refuses_one_and_valid_rows_takes_the_others(world: World) -> None:
    content = as_csv([ZH, row(1), row(2, expires_on="2001-01-01"), row(3), row(4, unit="")])
    nothing = done(world.bureau, content)
    assert (nothing["valid"], nothing["refused"], nothing["drafted"], count(world)) == (2, 2, 0, 0)
    assert {line: flaws[0][2] for line, flaws in told(nothing).items()} == {
        **{2: "", 3: "offer_expired", 4: "", 5: "offer_incomplete"}
    }
    rest = done(world.bureau, content, "valid_rows")
    assert (rest["drafted"], rest["refused"], count(world)) == (2, 2, 2)


@pytest.mark.parametrize("mode", ["all_or_nothing", "valid_rows"])
def test_the_same_rows_again_change_nothing_until_what_they_became_is_over(world: World, mode: str) -> None:
    content = as_csv([ZH, *(row(number) for number in range(1, 4))])
    first = done(world.bureau, content, mode)
    again = done(world.bureau, as_csv([ZH, *(row(number) for number in range(1, 5))]), mode)
    assert (first["drafted"], again["known"], again["drafted"], count(world)) == (3, 3, 1, 4)
    assert told(again)[2] == [("known", "", "import_row_drafted_before")]
    offer = world.provider("enterprise")("resources.list_offers")["items"][-1]
    world.provider("enterprise")("resources.withdraw_offer", offer_id=offer["offer_id"], reason="收回")
    third = done(world.bureau, content, mode)
    assert (third["known"], third["drafted"], count(world), count(world, ImportedRow)) == (2, 1, 5, 4)


def test_two_imports_of_the_same_rows_at_once_draft_each_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 3)
    content = as_csv([ZH, *(row(number) for number in range(1, 10))])
    about = sheets.store(content, "csv")
    asked = [world.bureau("resources.import_offers", file=about, mode="valid_rows") for _ in range(2)]
    assert len({job["job_id"] for job in asked}) == 2
    with ThreadPoolExecutor(2) as pool:
        turns = [pool.submit(jobrunner.run_one, world.host.executors["resources"]) for _ in range(2)]
        assert [turn.result(60) for turn in turns] == [True, True]
    with world.host.executors["resources"].sessions() as session:
        results = list(session.scalars(select(Job.result).where(Job.name == "import_offers")))
    assert sum(result["drafted"] for result in results) == count(world) == 9
    assert sum(result["known"] for result in results) == 9


def test_a_job_that_died_half_way_finds_what_it_had_stored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    draft, calls = jobs.Import.draft, []

    def dying(*args: Any, **kwargs: Any) -> None:
        calls.append(args)
        draft(*args, **kwargs)
        if len(calls) == 2:
            raise RuntimeError("the process died")

    monkeypatch.setattr(jobs.Import, "draft", dying)
    content = sheets.store(as_csv([ZH, *(row(number) for number in range(1, 6))]), "csv")
    bureau = world.bureau
    job = bureau("resources.import_offers", file=content, mode="valid_rows")
    world.host.settle()
    assert count(world) == 2
    with world.host.executors["resources"].sessions.begin() as session:
        session.get_one(Job, job["job_id"]).lease_until = None  # its wait is over
    world.host.settle()
    view = bureau("resources.get_job", job_id=job["job_id"])
    assert (view["status"], view["result"]["known"], view["result"]["drafted"], count(world)) == ("done", 2, 3, 5)


def test_an_import_may_do_what_its_asker_may_do_and_no_more(world: World) -> None:
    own = done(
        world.provider("enterprise"),
        as_csv([ZH, row(1, provider=""), row(2), row(3, provider="foundation")]),
        "valid_rows",
    )
    assert own["drafted"] == 2
    assert told(own, "csv")[4] == [("refused", "提供方", "resource_not_your_organisation")]
    street = done(
        world.staff(), as_csv([ZH, row(4), row(5, street=CHANGJIANG), row(6, provider="elsewhere")]), "valid_rows"
    )
    assert told(street) == {
        2: [("drafted", "", "")],
        3: [("refused", "街道代码", "street_forbidden")],
        4: [("refused", "提供方", "import_value_unknown")],
    }
    other = world.organisations["elsewhere"]
    assert told(done(world.staff(), as_csv([ZH, row(7, provider=other)]), "valid_rows"))[2] == [
        ("refused", "提供方", "resource_organisation_unknown")
    ]
    with pytest.raises(ForbiddenError):
        Caller(world.host, actor("resident"))("resources.import_offers", file=sheets.store(b"x", "csv"))
    job = world.bureau("resources.import_offers", file=sheets.store(as_csv([ZH, row(9)]), "csv"))
    with pytest.raises(NotFoundError, match="job_not_found"):
        world.staff()("resources.get_job", job_id=job["job_id"])


def test_a_name_that_two_organisations_have_needs_the_id(world: World) -> None:
    first = world.add("同名社（演示）", "cso", ZHUHAI)
    world.add("同名社（演示）", "cso", ZHUHAI)
    rows = [ZH, row(1, provider="同名社（演示）"), row(2, provider=first)]
    result = done(world.bureau, as_csv(rows), "valid_rows")
    assert told(result) == {2: [("refused", "提供方", "import_organisation_unclear")], 3: [("drafted", "", "")]}


def test_venues_volunteers_boxes_and_earmarks_come_from_cells(world: World) -> None:
    heading = (
        *("Provider", "类别", "名称", "场地时段", "数量", "单位", "每箱内装", "内装单位", "批次", "服务小时"),
        *("技能", "资质", "每周时间", "限定人群", "限定街道", "利害关系方", "服务方式", "同意公开去向", "可容人数"),
    )
    window = f"{later(5)} 09:00-11:00；{later(6)} 23:00-{later(7)} 01:00"
    blank = dict.fromkeys(heading, "")
    facts: list[dict[str, str]] = [
        {
            **{
                "Provider": "enterprise",
                "类别": "场地",
                "名称": "活动室（演示）",
                "场地时段": window,
                "可容人数": "30",
            },
            **{"限定人群": "老人", "限定街道": ZHUHAI, "利害关系方": "garden、sunset", "同意公开去向": "是"},
        },
        {
            **{"Provider": "enterprise", "类别": "物资", "名称": "大米（演示）", "数量": "2", "单位": "箱"},
            **{"每箱内装": "5", "内装单位": "公斤", "批次": f"A1 1 {later(90)}；A2 1"},
        },
        {
            **{
                "Provider": "foundation",
                "类别": "志愿服务",
                "名称": "义诊（演示）",
                "服务小时": "80",
                "服务方式": "线下",
            },
            **{"技能": "护理、急救", "资质": f"培训 急救 {later(99)}；保险", "每周时间": "周一 9:00-11:00"},
        },
    ]
    rows = [list({**blank, **cells}.values()) for cells in facts]
    assert done(world.bureau, as_xlsx([heading, *rows]), form="xlsx")["drafted"] == 3
    volunteers, rice, room = world.bureau("resources.list_offers")["items"]
    assert (room["quantity"], room["capacity"], room["story_public"]) == (2, 30, True)
    assert room["earmark"] == {"fields_of_work": [], "street_codes": [ZHUHAI], "groups": ["老人"]}
    assert room["interested_organisation_ids"] == [world.organisations[name] for name in ("garden", "sunset")]
    assert (rice["quantity"], rice["unit"], rice["pack_size"]) == (10_000, "g", 5)
    assert (volunteers["quantity"], volunteers["skills"], volunteers["mode"]) == (80, ["护理", "急救"], "onsite")
    assert volunteers["availability"] == [{"weekday": 1, "from_time": "09:00", "to_time": "11:00"}]
    assert [one["kind"] for one in volunteers["qualifications"]] == ["training", "insurance"]
    batches = world.provider("enterprise")("resources.list_stock_batches", offer_id=rice["offer_id"])["items"]
    assert {(one["label"], one["quantity"]) for one in batches} == {("A1", 5000), ("A2", 5000)}


def test_needs_come_from_a_sheet_and_open_as_any_other(world: World) -> None:
    project = world.project("sunset", ZHUHAI)
    heading = (*NEED, "项目编号", "须有保险", "可由多方提供")
    rows = [
        [*need(1), project, "是", "否"],
        [*need(2, who=""), project, "", ""],
        [*need(3, due_on="2001-01-01"), "", "", ""],
        [*need(4, who="elsewhere"), project, "", ""],
        [*need(5, urgency="马上"), "", "", ""],
    ]
    result = done(world.staff(), as_csv([heading, *rows]), "valid_rows", name="needs")
    assert told(result) == {
        2: [("drafted", "", "")],
        3: [("drafted", "", "")],
        4: [("refused", "截止日期", "need_deadline_passed")],
        5: [("refused", "需求方", "import_value_unknown")],
        6: [("refused", "紧急程度", "import_value_unknown")],
    }
    second, first = world.staff()("resources.list_needs")["items"]
    assert (first["urgency"], first["gates"]["insured"], first["splittable"], first["project_id"]) == (
        3,
        True,
        False,
        project,
    )
    assert second["organisation_id"] == world.organisations["sunset"]
    opened = world.staff()("resources.verify_need", need_id=first["need_id"])
    assert world.cso("sunset")("resources.open_need", need_id=first["need_id"])["status"] == "open"
    assert opened["status"] == "verified"
    mine = done(world.cso("garden"), as_csv([NEED, need(9, who=""), need(8)]), "valid_rows", name="needs")
    assert told(mine)[3] == [("refused", "需求方", "resource_not_your_organisation")]
    assert (mine["drafted"], count(world, Need)) == (1, 3)
    with pytest.raises(ForbiddenError):
        world.provider("enterprise")("resources.import_needs", file=sheets.store(b"x", "csv"))


@pytest.mark.parametrize("form", FORMS)
def test_what_goes_out_comes_in_again_as_what_it_was(world: World, form: str) -> None:
    world.offer(
        title="=1+1 轮椅（演示）",
        lot_size=5,
        minimum_lot=10,
        interested_organisation_ids=[world.organisations["sunset"]],
    )
    world.offer(
        title="大米（演示）",
        quantity=3,
        unit="箱",
        pack_size=20,
        pack_unit="斤",
        batches=[{"label": "A1", "quantity": 1, "expires_on": later(90)}, {"label": "A2", "quantity": 2}],
    )
    windows = [{"starts_at": f"{later(3)}T09:00:00+08:00", "ends_at": f"{later(3)}T11:00:00+08:00"}]
    world.offer(kind="venue", title="活动室（演示）", windows=windows, earmark={"groups": ["老人"]})
    world.offer("foundation", kind="funds", title="助老金（演示）", amount="1234.50", is_open=False)
    before = world.bureau("resources.list_offers")["items"]

    def export(caller: Caller, name: str = "offers", **filters: Any) -> list[list[str]]:
        job = caller(f"resources.export_{name}", format=form, **filters)
        caller.host.settle()
        view = caller("resources.get_job", job_id=job["job_id"])
        assert view["status"] == "done", view["error"]
        rows = sheets.rows_of(sheets.fetch(view["result"]["file"]), form)
        assert view["result"]["rows"] == len(rows) - 1
        return rows

    rows = export(world.bureau)
    assert {cells[3] for cells in rows[1:]} == {one["title"].replace("=1+1", "'=1+1") for one in before}
    assert len(export(world.provider("foundation"))) == 2
    assert len(export(world.bureau, kind="funds")) == 2
    assert len(export(world.cso("sunset"))) == 4  # what is open
    assert len(export(world.bureau, organisation_id=world.organisations["enterprise"])) == 4
    assert len(export(Caller(world.host, actor("auditor")))) == 5
    again = done(world.bureau, FORMS[form](rows), form=form)
    assert again["drafted"] == 4, told(again, form)
    made = world.bureau("resources.list_offers")["items"][:4]
    same = {
        "kind",
        "quantity",
        "unit",
        "entered",
        "windows",
        "earmark",
        "interested_organisation_ids",
        "amount",
        "tags",
    }
    same |= {"pack_size", "pack_unit", "lot_size", "minimum_lot", "provider_name", "expires_on", "mode"}
    shown = [{name: one[name] for name in same} for one in (*before, *reversed(made))]
    assert shown[:4] == shown[4:]
    needed = world.need(hours_per_week=3, gates={"trainings": ["急救"], "insured": True})
    (cells,) = export(world.cso("sunset"), "needs", status="open")[1:]
    assert cells[0] == needed["need_id"]
    assert len(export(world.staff(CHANGJIANG), "needs")) == 1
    assert done(world.staff(), FORMS[form](export(world.staff(), "needs")), form=form, name="needs")["drafted"] == 1
    both = world.staff()("resources.list_needs")["items"]
    assert all(
        both[0][name] == both[1][name] for name in ("gates", "quantity", "unit", "tags", "due_on", "hours_per_week")
    )
    with world.host.executors["resources"].sessions() as session:
        names = list(session.scalars(select(OutboxEvent.name).where(OutboxEvent.name.like("%_exported"))))
    assert (names.count("offers_exported"), names.count("needs_exported")) == (6, 3)


def test_too_much_to_export_and_a_file_that_is_no_sheet_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_MAX_ROWS", "1")
    world.offer(is_open=False)
    world.offer(is_open=False)
    bureau = world.bureau
    job = bureau("resources.export_offers")
    world.host.settle()
    assert bureau("resources.get_job", job_id=job["job_id"])["error"]["code"] == "export_rows_too_many"
    for content, code in (
        (as_csv([ZH, row(1)], encoding="utf-16"), "import_encoding_unsupported"),
        (as_csv([(*ZH, "秘密"), [*row(1), "x"]]), "import_heading_unknown"),
        (as_csv([ZH[:2], row(1)[:2]]), "import_heading_missing"),
        (as_csv([ZH]), "import_empty"),
    ):
        view = run(world.bureau, content, "dry_run")
        assert (view["status"], view["error"]["code"]) == ("failed", code)
    bomb = sheets.repacked(as_xlsx([ZH, row(1)]), lambda _, old: old, **{"xl/media/zeros.bin": bytes(4 * 2**20)})
    assert run(world.bureau, bomb, "dry_run", form="xlsx")["error"]["code"] == "import_file_bomb"
    lost = {"sha256": "0" * 64, "size": 1, "media_type": "text/csv"}
    with pytest.raises(InvalidError, match="import_format_unsupported"):
        world.bureau("resources.import_needs", file={**lost, "media_type": "application/pdf"})


@pytest.mark.parametrize(("name", "of"), [("offers", "offer"), ("needs", "need")])
def test_the_template_has_both_headings_and_goes_back_in(world: World, name: str, of: str) -> None:
    for form, make in FORMS.items():
        view = world.staff()(f"resources.get_{of}_template", format=form)
        rows = sheets.rows_of(base64.b64decode(view["content"]), form)
        assert {"类别*", "名称*"} <= set(rows[0])
        assert {"Kind", "Title"} <= set(rows[1])
        assert (
            run(world.staff(), base64.b64decode(view["content"]), "dry_run", form, name)["error"]["code"]
            == "import_empty"
        )
        good = dict(zip(ZH, row(1), strict=True)) if of == "offer" else dict(zip(NEED, need(1), strict=True))
        filled = make([*rows, [good.get(heading.rstrip("*"), "") for heading in rows[0]]])
        assert done(world.staff(), filled, "dry_run", form=form, name=name)["valid"] == 1
