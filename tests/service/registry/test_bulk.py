"""The bulk door: sheets in, sheets out, and a report that says of every row what became of it."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import Job, OutboxEvent
from services.registry import scope
from services.registry.bulk import jobs
from services.registry.organisations import actions as organisations
from services.registry.organisations.models import Organisation, OrganisationChange
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry import sheets
from tests.service.registry.cast import Cast, credit_code
from tests.service.registry.sheets import EN, ZH, as_csv, as_xlsx, filed


@pytest.fixture
def cast(host: InProcessHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    return Cast(host)


def run(caller: Caller, content: bytes, form: str, mode: str = "all_or_nothing") -> dict[str, Any]:
    """The finished job."""
    job = caller("registry.import_organisations", file=sheets.store(content, form), mode=mode)
    assert job["status"] == "queued"
    caller.host.settle()
    view: dict[str, Any] = caller("registry.get_job", job_id=job["job_id"])
    return view


def done(caller: Caller, content: bytes, form: str, mode: str = "all_or_nothing") -> dict[str, Any]:
    view = run(caller, content, form, mode)
    assert view["status"] == "done", view["error"]
    assert view["done"] == view["total"] == view["result"]["rows"]
    result: dict[str, Any] = view["result"]
    return result


def told(result: dict[str, Any], form: str = "csv") -> dict[int, list[tuple[str, str, str]]]:
    """Row → (outcome, column, code) of each line of the report."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for row in sheets.rows_of(sheets.fetch(result["report"]), form)[2:]:
        found.setdefault(int(row[0]), []).append((row[1].split()[-1], row[3].split(" ")[0], row[4]))
    return found


def count(cast: Cast, model: Any = Organisation) -> int:
    with cast.host.executors["registry"].sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


NAMES = ("name", "kind", "legal_tier", "filing_number", "responsible_person", "phone", "fields", "street_code")
FORMS = {"csv": as_csv, "xlsx": as_xlsx}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("headings", [ZH, EN])
def test_a_sheet_becomes_organisations_with_history_and_events(
    cast: Cast, form: str, headings: tuple[str, ...]
) -> None:
    content = FORMS[form]([headings, *(filed(number) for number in range(1, 13))])
    result = done(cast.bureau, content, form)
    assert (result["registered"], result["refused"], count(cast)) == (12, 0, 12)
    assert {code for ((outcome, _, code),) in told(result, form).values() if outcome == "registered"} == {""}
    page = cast.street("registry.list_organisations", name="第00003号")
    (row,) = page["items"]
    assert (row["kind"], row["legal_tier"], row["fields"]) == ("cso", "filed", ["elder_care", "culture_sports"])
    assert (row["street_code"], row["version"]) == (ZHUHAI, 1)
    history = cast.bureau("registry.list_organisation_changes", organisation_id=row["organisation_id"])["items"]
    assert [(each["field"], each["reason"], each["account_id"], each["role"]) for each in history] == [
        ("status", "批量导入", cast.bureau.who.account_id, "bureau")  # type: ignore[union-attr]
    ]
    contact = cast.bureau("registry.get_organisation_contact", organisation_id=row["organisation_id"])
    assert contact["phone"] == "139****0003"
    with cast.host.executors["registry"].sessions() as session:
        events = list(session.scalars(select(OutboxEvent).where(OutboxEvent.name == "organisation_registered")))
        summary = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "organisations_imported")).one()
    assert {event.subject_version for event in events} == {1}
    assert len({event.position for event in events}) == 12
    assert events[0].headers["cloudEvents_subjectversion"] == 1
    assert summary.payload["registered"] == 12
    changed = cast.bureau(
        "registry.change_organisation", organisation_id=row["organisation_id"], introduction="改", reason="补充"
    )
    assert changed["version"] == 2


def test_what_an_import_makes_is_what_a_single_registration_makes(cast: Cast) -> None:
    facts = filed(1)
    done(cast.bureau, as_csv([ZH, facts]), "csv")
    single = cast.bureau(
        "registry.register_organisation",
        name=facts[0].replace("1", "2"),
        kind="cso",
        legal_tier="filed",
        filing_number="另一号",
        responsible_person=facts[4],
        phone=facts[5],
        fields=["elder_care", "culture_sports"],
        street_code=ZHUHAI,
    )
    with cast.host.executors["registry"].sessions() as session:
        rows = {row.id: row for row in session.scalars(select(Organisation))}
        changes = {row.organisation_id: row for row in session.scalars(select(OrganisationChange))}
    one = rows.pop(single["organisation_id"])
    (other,) = rows.values()
    differ = {"id", "name", "name_key", "filing_number", "created_at", "assure_from"}
    differ |= {"bigrams", "sounds", "pinyin", "initials"}
    assert all(getattr(other, column) for column in differ)
    for column in set(Organisation.__table__.columns.keys()) - differ:
        assert getattr(one, column) == getattr(other, column), column
    for column in set(OrganisationChange.__table__.columns.keys()) - {"id", "organisation_id", "reason", "changed_at"}:
        assert getattr(changes[one.id], column) == getattr(changes[other.id], column), column


def test_a_dry_run_says_everything_and_writes_nothing(cast: Cast) -> None:
    rows = [ZH, filed(1), filed(2, phone="123"), filed(3, kind="外星组织", fields="助老、考古")]
    result = done(cast.bureau, as_csv(rows), "csv", "dry_run")
    assert {name: result[name] for name in ("valid", "refused", "registered", "known")} == {
        "valid": 1,
        "refused": 2,
        "registered": 0,
        "known": 0,
    }
    assert told(result) == {
        2: [("valid", "", "")],
        3: [("refused", "联系电话", "import_value_invalid")],
        4: [("refused", "组织类型", "import_value_unknown"), ("refused", "服务领域", "field_unknown")],
    }
    assert count(cast) == 0
    assert result["codes"] == {"import_value_invalid": 1, "import_value_unknown": 1, "field_unknown": 1}


REFUSED: dict[str, tuple[dict[str, str], str, str]] = {
    "no filing number": ({"filing_number": ""}, "登记方式", "organisation_identity_invalid"),
    "no name": ({"name": ""}, "组织名称", "import_value_invalid"),
    "another district's street": ({"street_code": "110101001"}, "街道", "place_not_found"),
    "a street nobody knows": ({"street_code": "月球街道"}, "街道", "import_value_unknown"),
    "a formula": ({"name": "=HYPERLINK(1)"}, "组织名称", "import_cell_formula"),
    "a plus": ({"name": "+86 139"}, "组织名称", "import_cell_formula"),
    "a minus": ({"responsible_person": "-1+1"}, "负责人", "import_cell_formula"),
    "an at": ({"name": "@SUM(A1)"}, "组织名称", "import_cell_formula"),
    "a tab": ({"name": "\t=1"}, "组织名称", "import_cell_formula"),
    "a carriage return": ({"name": "\r=1"}, "组织名称", "import_cell_formula"),
    "full width": ({"name": "＝1+1"}, "组织名称", "import_cell_formula"),
    "masked": ({"responsible_person": "张**"}, "负责人", "import_value_masked"),
    "a masked phone": ({"phone": "139****0001"}, "联系电话", "import_value_masked"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("form", FORMS)
def test_a_bad_cell_is_named_by_row_column_and_code(cast: Cast, case: str, form: str) -> None:
    cells, column, code = REFUSED[case]
    result = done(cast.bureau, FORMS[form]([ZH, filed(1), filed(2, **cells)]), form, "valid_rows")
    assert told(result, form)[3] == [("refused", column, code)]
    assert (result["registered"], count(cast)) == (1, 1)


def test_all_or_nothing_is_nothing_when_one_row_is_bad_and_valid_rows_takes_the_others(cast: Cast) -> None:
    content = as_csv([ZH, filed(1), filed(2, phone="不是电话"), filed(3)])
    nothing = done(cast.bureau, content, "csv")
    assert (nothing["registered"], nothing["valid"], nothing["refused"], count(cast)) == (0, 2, 1, 0)
    rest = done(cast.bureau, content, "csv", "valid_rows")
    assert (rest["registered"], rest["refused"], count(cast)) == (2, 1, 2)


@pytest.mark.parametrize("mode", ["all_or_nothing", "valid_rows"])
def test_the_same_file_again_changes_nothing(cast: Cast, mode: str) -> None:
    content = as_csv([ZH, *(filed(number) for number in range(1, 6))])
    first = done(cast.bureau, content, "csv", mode)
    before = count(cast, OutboxEvent)
    again = done(cast.bureau, content, "csv", mode)
    assert (first["registered"], again["registered"], again["known"], again["refused"]) == (5, 0, 5, 0)
    assert (count(cast), count(cast, OrganisationChange), count(cast, OutboxEvent)) == (5, 5, before)
    assert {code for ((_, _, code),) in told(again).values()} == {"import_row_known"}
    more = done(cast.bureau, as_csv([ZH, *(filed(number) for number in range(1, 8))]), "csv", mode)
    assert (more["registered"], more["known"]) == (2, 5)


def test_duplicates_in_the_file_and_of_the_district_are_told_row_by_row(cast: Cast) -> None:
    cast.organisation("已登记的（演示）")
    code = credit_code("51")
    heading = (*ZH, "统一社会信用代码")
    rows = [
        heading,
        [*filed(1), ""],
        [*filed(2, name=filed(1)[0], street_code="珠海街道"), ""],  # the name of row 2, in its street
        [*filed(3, name=filed(1)[0], street_code=CHANGJIANG), ""],  # the same name elsewhere is another organisation
        [*filed(5, filing_number="备 已登记的（演示）"), ""],
        [*filed(6, name="已登记的 (演示)", filing_number="另一号"), ""],
        [*filed(7, legal_tier="登记", filing_number=""), code],
        [*filed(8, legal_tier="登记", filing_number=""), code],
    ]
    result = done(cast.bureau, as_csv(rows), "csv", "valid_rows")
    outcomes = told(result)
    assert outcomes[3] == [("refused", "", "import_row_repeated")]
    assert outcomes[5] == [("refused", "备案号", "organisation_duplicate")]
    assert outcomes[6] == [("refused", "组织名称", "organisation_duplicate")]
    assert outcomes[8] == [("refused", "", "import_row_repeated")]
    assert (result["registered"], count(cast)) == (3, 4)


def test_an_import_may_do_what_its_asker_may_do_and_no_more(cast: Cast) -> None:
    rows = [ZH, filed(1), filed(2, street_code=CHANGJIANG), filed(3, kind="枢纽型社会组织")]
    street = told(done(cast.street, as_csv(rows), "csv", "valid_rows"))
    assert street[2][0][0] == "registered"
    assert street[3] == [("refused", "街道", "street_forbidden")]
    assert street[4] == [("refused", "组织类型", "organisation_kind_forbidden")]
    hub = cast.hub()
    taken = done(hub, as_csv([ZH, filed(9)]), "csv")
    assert taken["registered"] == 1
    mine = cast.bureau("registry.list_organisations", hub_id=cast.made["hub"]["organisation_id"])["items"]
    assert [row["name"] for row in mine] == [filed(9)[0]]
    with pytest.raises(ForbiddenError):
        Caller(cast.host, actor("resident"))("registry.import_organisations", file=sheets.store(b"x", "csv"))


def test_only_who_asked_may_follow_the_job(cast: Cast) -> None:
    job = cast.bureau("registry.import_organisations", file=sheets.store(as_csv([ZH, filed(1)]), "csv"))
    cast.host.settle()
    with pytest.raises(NotFoundError, match="job_not_found"):
        cast.street("registry.get_job", job_id=job["job_id"])


def test_a_hub_is_named_by_name_code_or_id(cast: Cast) -> None:
    cast.hub()
    hub = cast.made["hub"]
    names = [hub["name"], hub["uscc"], hub["organisation_id"], "没有的枢纽"]
    rows = [(*ZH, "枢纽组织"), *([*filed(number), name] for number, name in enumerate(names, 1))]
    result = done(cast.bureau, as_xlsx(rows), "xlsx", "valid_rows")
    assert told(result, "xlsx")[5] == [("refused", "枢纽组织", "import_value_unknown")]
    mine = cast.bureau("registry.list_organisations", hub_id=hub["organisation_id"])["items"]
    assert len(mine) == 3


def test_whoever_registers_one_of_them_meanwhile_makes_all_of_it_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    check = jobs._check

    def late(*args: Any) -> Any:
        found = check(*args)
        cast.organisation(filed(4)[0])  # the same name in the street, after the check and before the write
        return found

    monkeypatch.setattr(jobs, "_check", late)
    result = done(cast.bureau, as_csv([ZH, *(filed(number) for number in range(1, 6))]), "csv")
    assert (result["registered"], result["refused"], result["valid"], count(cast)) == (0, 1, 4, 1)
    assert told(result)[5] == [("refused", "组织名称", "organisation_duplicate")]


def test_a_job_that_died_half_way_finds_what_it_had_stored(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    store, calls = jobs._store, []

    def dying(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("the process died")
        store(*args)

    monkeypatch.setattr(jobs, "_store", dying)
    job = cast.bureau(
        "registry.import_organisations",
        file=sheets.store(as_csv([ZH, *(filed(number) for number in range(1, 6))]), "csv"),
        mode="valid_rows",
    )
    cast.host.settle()
    assert count(cast) == 2
    with cast.host.executors["registry"].sessions.begin() as session:
        session.get_one(Job, job["job_id"]).lease_until = None  # its wait is over
    cast.host.settle()
    view = cast.bureau("registry.get_job", job_id=job["job_id"])
    assert (view["status"], view["result"]["known"], view["result"]["registered"]) == ("done", 2, 3)
    assert count(cast) == 5


def test_a_file_that_is_not_there_or_no_sheet_is_refused(cast: Cast) -> None:
    lost = {"sha256": "0" * 64, "size": 1, "media_type": "text/csv"}
    job = cast.bureau("registry.import_organisations", file=lost)
    cast.host.settle()
    view = cast.bureau("registry.get_job", job_id=job["job_id"])
    assert (view["status"], view["error"]["code"]) == ("failed", "import_file_not_found")
    with pytest.raises(InvalidError) as caught:
        cast.bureau("registry.import_organisations", file={**lost, "media_type": "application/pdf"})
    assert caught.value.code == "import_format_unsupported"


def test_the_template_has_both_headings_and_goes_back_in(cast: Cast) -> None:
    for form in FORMS:
        view = cast.street("registry.get_import_template", format=form)
        content = base64.b64decode(view["content"])
        headings = sheets.rows_of(content, form)
        assert headings[0][:3] == ["组织名称*", "组织类型*", "登记方式*"]
        assert headings[1][:3] == ["Name", "Kind", "Legal tier"]
        empty = run(cast.bureau, content, form, "dry_run")
        assert (empty["status"], empty["error"]["code"]) == ("failed", "import_empty")
        by_heading = dict(zip(ZH, filed(1), strict=True))
        row = [by_heading.get(heading.rstrip("*"), "") for heading in headings[0]]
        filled = FORMS[form]([*headings, row])
        assert done(cast.bureau, filled, form, "dry_run")["valid"] == 1


@pytest.mark.parametrize("form", FORMS)
def test_an_export_shows_what_its_asker_sees_with_people_masked_and_formulas_as_text(cast: Cast, form: str) -> None:
    cast.organisation("=1+1 公式社（演示）")
    cast.organisation("邻街的（演示）", street=CHANGJIANG)
    done(cast.bureau, as_csv([ZH, filed(1)]), "csv")

    def export(caller: Caller, **filters: Any) -> list[list[str]]:
        job = caller("registry.export_organisations", format=form, **filters)
        caller.host.settle()
        view = caller("registry.get_job", job_id=job["job_id"])
        assert view["status"] == "done", view["error"]
        rows = sheets.rows_of(sheets.fetch(view["result"]["file"]), form)
        assert view["result"]["rows"] == len(rows) - 1
        return rows

    rows = export(cast.street)
    names = {row[1] for row in rows[1:]}
    assert names == {"'=1+1 公式社（演示）", filed(1)[0]}
    (imported,) = [row for row in rows if row[1] == filed(1)[0]]
    assert imported[2:4] == ["社区社会组织", "备案"]
    assert imported[6:10] == ["演**", "139****0001", "助老、文体", "珠海街道"]
    assert "张三丰" not in str(rows)
    assert len(export(cast.bureau)) == 4
    assert len(export(cast.bureau, name="邻街")) == 2
    assert len(export(cast.other_street)) == 2
    with cast.host.executors["registry"].sessions() as session:
        asked = select(OutboxEvent).where(OutboxEvent.name == "organisations_exported").order_by(OutboxEvent.position)
        events = list(session.scalars(asked))
    assert [event.payload["rows"] for event in events] == [2, 3, 1, 1]


def test_too_much_to_export_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORT_MAX_ROWS", "1")
    for name in ("甲社（演示）", "乙社（演示）"):
        cast.organisation(name)
    job = cast.bureau("registry.export_organisations")
    cast.host.settle()
    view = cast.bureau("registry.get_job", job_id=job["job_id"])
    assert (view["status"], view["error"]["code"]) == ("failed", "export_rows_too_many")


def test_a_single_registration_waits_for_an_import_and_finds_what_it_wrote(cast: Cast) -> None:
    executor = cast.host.executors["registry"]
    waiting = Event()

    def register() -> str:
        waiting.set()
        try:
            cast.organisation(filed(1)[0])
        except ConflictError as error:
            return error.code
        return "registered"

    with ThreadPoolExecutor(1) as pool:
        with executor.system_session("import", DISTRICT) as session:
            scope.hold(session, organisations.whole(DISTRICT))
            other = pool.submit(register)
            assert waiting.wait(5)
            with pytest.raises(FutureTimeout):
                other.result(0.5)
            facts = dict(zip(NAMES, filed(1), strict=True))
            facts |= {"kind": "cso", "legal_tier": "filed", "fields": [], "street_code": ZHUHAI}
            who, now = actor("bureau"), clock.now(session, DISTRICT)
            row = organisations.draft(actor=who, now=now, **facts)
            organisations.create_many(session, actor=who, now=now, reason="批量导入", rows=[row])
        assert other.result(10) == "organisation_duplicate"
    assert count(cast) == 1
