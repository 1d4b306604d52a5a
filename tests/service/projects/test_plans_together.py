"""Plans written together: co-authors, attachments, comments, differences, documents, double funding."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from contracts.projects.events_plans import CoauthorAdvanced, CoauthorInvited, DoubleFundingJudged, FileAttached
from tests import kit
from tests.service.projects.round_road import SUNSET, Road


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def road() -> Road:
    made = Road()
    made.publish()
    return made


@pytest.fixture
def draft(road: Road) -> str:
    return road.draft(SUNSET, road.organisations[0], field="elder_care", yuan=30_000)


@pytest.fixture
def author(road: Road) -> kit.Caller:
    return road.author(road.organisations[0])


def invited(road: Road, author: kit.Caller, draft: str, role: str = "talent") -> tuple[kit.Caller, str]:
    other = road.account(role, street=road.street)
    made = author("projects.invite_coauthor", proposal_id=draft, account_id=other.who.account_id if other.who else "")
    return other, str(made["coauthor_id"])


# co-authors -------------------------------------------------------------------------------------------------------


def test_a_coauthor_writes_once_it_accepted_and_neither_submits_nor_withdraws(
    road: Road, author: kit.Caller, draft: str
) -> None:
    other, coauthor_id = invited(road, author, draft, "cso")
    with pytest.raises(NotFoundError):
        other("projects.get_proposal", proposal_id=draft)
    assert [item["status"] for item in other("projects.list_coauthors")["items"]] == ["invited"]
    with pytest.raises(ForbiddenError, match="coauthor_invalid"):
        author("projects.accept_coauthorship", coauthor_id=coauthor_id)
    other("projects.accept_coauthorship", coauthor_id=coauthor_id)
    read = other("projects.get_proposal", proposal_id=draft)
    other("projects.change_proposal", proposal_id=draft, plan={"risks": "预案"}, expected_version=read["version"])
    versions = other("projects.list_proposal_versions", proposal_id=draft)["items"]
    assert versions[0]["written_by"] == (other.who.account_id if other.who else "")
    author("projects.submit_proposal", proposal_id=draft)
    road.staff("projects.return_proposal", proposal_id=draft, reason="请补充安全预案")
    assert other("projects.get_proposal", proposal_id=draft)["return_reason"] == "请补充安全预案"
    for step in ("submit_proposal", "withdraw_proposal"):
        with pytest.raises(ForbiddenError, match="proposal_not_yours"):
            other(f"projects.{step}", proposal_id=draft)
    with pytest.raises(ForbiddenError, match="proposal_not_yours"):
        other("projects.remove_coauthor", coauthor_id=coauthor_id)
    author("projects.remove_coauthor", coauthor_id=coauthor_id)
    with pytest.raises(NotFoundError):
        other("projects.get_proposal", proposal_id=draft)
    assert (road.recorded(CoauthorInvited), road.recorded(CoauthorAdvanced)) == (1, 2)


def test_who_writes_together_names_the_version_that_was_read(road: Road, author: kit.Caller, draft: str) -> None:
    author("projects.change_proposal", proposal_id=draft, plan={"risks": "一"})  # alone there is nobody to overwrite
    other, coauthor_id = invited(road, author, draft)
    other("projects.accept_coauthorship", coauthor_id=coauthor_id)
    with pytest.raises(ConflictError, match="proposal_version_needed"):
        author("projects.change_proposal", proposal_id=draft, plan={"risks": "二"})
    version = author("projects.get_proposal", proposal_id=draft)["version"]
    other("projects.change_proposal", proposal_id=draft, plan={"risks": "三"}, expected_version=version)
    with pytest.raises(StaleError, match="row_stale"):
        author("projects.change_proposal", proposal_id=draft, plan={"risks": "二"}, expected_version=version)
    assert author("projects.get_proposal", proposal_id=draft)["plan"]["risks"] == "三"


def test_an_invitation_that_was_declined_can_be_made_again(road: Road, author: kit.Caller, draft: str) -> None:
    other, coauthor_id = invited(road, author, draft)
    other("projects.decline_coauthorship", coauthor_id=coauthor_id)
    with pytest.raises(ConflictError, match="coauthor_state_conflict"):
        other("projects.accept_coauthorship", coauthor_id=coauthor_id)
    account_id = other.who.account_id if other.who else ""
    again = author("projects.invite_coauthor", proposal_id=draft, account_id=account_id)
    assert (again["coauthor_id"], again["status"]) == (coauthor_id, "invited")
    with pytest.raises(ConflictError, match="coauthor_state_conflict"):
        author("projects.invite_coauthor", proposal_id=draft, account_id=account_id)


@pytest.mark.parametrize(("role", "street"), [("resident", kit.ZHUHAI), ("talent", kit.CHANGJIANG)])
def test_not_everybody_can_be_invited(road: Road, author: kit.Caller, draft: str, role: str, street: str) -> None:
    other = road.account(role, street=street)
    with pytest.raises(ConflictError, match="coauthor_invalid"):
        author("projects.invite_coauthor", proposal_id=draft, account_id=other.who.account_id if other.who else "")


# attachments ------------------------------------------------------------------------------------------------------


def file(letter: str) -> dict[str, Any]:
    return {"sha256": letter * 64, "size": 100, "media_type": "application/pdf"}


def attach(who: kit.Caller, draft: str, letter: str) -> dict[str, Any]:
    made: dict[str, Any] = who(
        "projects.attach_file", proposal_id=draft, kind="filing", title="备案证明", file=file(letter)
    )
    return made


def test_files_are_attached_by_digest_once_and_until_it_is_submitted(
    road: Road, author: kit.Caller, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROPOSAL_ATTACHMENTS_MAX", "2")
    made = attach(author, draft, "a")
    assert made["organisation_id"] == road.organisations[0]
    with pytest.raises(ConflictError, match="attachment_known"):
        attach(author, draft, "a")
    attach(author, draft, "b")
    with pytest.raises(ConflictError, match="attachments_full"):
        attach(author, draft, "c")
    removed = author("projects.remove_attachment", attachment_id=made["attachment_id"])
    assert removed["removed_at"]
    with pytest.raises(NotFoundError, match="attachment_not_found"):
        author("projects.remove_attachment", attachment_id=made["attachment_id"])
    attach(author, draft, "a")
    listed = road.staff("projects.list_attachments", proposal_id=draft)["items"]
    assert {item["sha256"][0] for item in listed} == {"a", "b"}
    author("projects.submit_proposal", proposal_id=draft)
    with pytest.raises(ConflictError, match="proposal_state_conflict"):
        author("projects.remove_attachment", attachment_id=listed[0]["attachment_id"])
    stranger = road.author(road.organisations[1])
    with pytest.raises(NotFoundError):
        stranger("projects.get_attachment", attachment_id=listed[0]["attachment_id"])
    assert road.recorded(FileAttached) == 3


# comments ---------------------------------------------------------------------------------------------------------


def test_a_comment_on_a_section_is_resolved_with_a_note_and_opened_again(
    road: Road, author: kit.Caller, draft: str
) -> None:
    hub = kit.Caller(road.host, kit.actor("hub", streets=[road.street], organisation_id=road.hub))
    made = hub("projects.comment_proposal", proposal_id=draft, section="risks", text="加上雨天预案")
    road.staff("projects.comment_proposal", proposal_id=draft, section="budget", text="单价偏高")
    assert (made["status"], made["plan_number"]) == ("open", 1)
    with pytest.raises(InvalidError, match="plan_section_unknown"):
        hub("projects.comment_proposal", proposal_id=draft, section="nothing", text="?")
    resolved = author("projects.resolve_comment", comment_id=made["comment_id"], note="已补充")
    assert (resolved["status"], resolved["resolution"]) == ("resolved", "已补充")
    with pytest.raises(ConflictError, match="proposal_comment_state_conflict"):
        author("projects.resolve_comment", comment_id=made["comment_id"])
    open_ones = author("projects.list_proposal_comments", proposal_id=draft, status="open")["items"]
    assert [item["section"] for item in open_ones] == ["budget"]
    again = hub("projects.reopen_comment", comment_id=made["comment_id"])
    assert (again["status"], again["resolved_by"]) == ("open", None)
    with pytest.raises(NotFoundError, match="proposal_comment_not_found"):
        road.author(road.organisations[1])("projects.get_comment", comment_id=made["comment_id"])


# differences and documents ----------------------------------------------------------------------------------------


def test_two_versions_are_compared_by_section_and_by_budget_line(road: Road, author: kit.Caller, draft: str) -> None:
    budget = [{"line": "物料", "amount": "20000.00"}, {"line": "补贴", "amount": "9000.00"}]
    author("projects.change_proposal", proposal_id=draft, amount="29000.00", budget=budget, plan={"need": "新的需求。"})
    found = author("projects.diff_proposal_versions", proposal_id=draft)
    assert (found["from_number"], found["to_number"]) == (1, 2)
    assert (found["amount_before"], found["amount_after"]) == ("30000.00", "29000.00")
    assert [item["section"] for item in found["sections"]] == ["need"]
    assert found["sections"][0]["after"] == "新的需求。"
    assert [(line["line"], line["before"], line["after"]) for line in found["budget"]] == [
        ("物料", "30000.00", "20000.00"),
        ("补贴", None, "9000.00"),
    ]
    same = author("projects.diff_proposal_versions", proposal_id=draft, from_number=2, to_number=2)
    assert same["sections"] == same["budget"] == []
    with pytest.raises(NotFoundError, match="proposal_version_not_found"):
        author("projects.diff_proposal_versions", proposal_id=draft, to_number=9)
    with pytest.raises(NotFoundError):
        road.author(road.organisations[1])("projects.diff_proposal_versions", proposal_id=draft)


def test_a_proposal_is_printed_for_whoever_may_read_it(road: Road, author: kit.Caller, draft: str) -> None:
    attach(author, draft, "a")
    author("projects.change_proposal", proposal_id=draft, plan={"need": '=HYPERLINK("http://example.org")'})
    paper = author("projects.get_proposal_document", proposal_id=draft)
    assert (paper["file_name"], paper["media_type"]) == (f"{draft}-v2.pdf", "application/pdf")
    assert base64.b64decode(paper["content"]).startswith(b"%PDF-")
    book = author("projects.get_proposal_document", proposal_id=draft, format="xlsx")
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(book["content"]))) as opened:
        strings = opened.read("xl/sharedStrings.xml").decode()
        sheets = "".join(opened.read(name).decode() for name in opened.namelist() if "worksheets/" in name)
    assert "'=HYPERLINK" in strings
    assert SUNSET in strings
    assert "a" * 64 in strings
    assert "<f>" not in sheets
    with pytest.raises(NotFoundError):
        road.author(road.organisations[1])("projects.get_proposal_document", proposal_id=draft)


# double funding ---------------------------------------------------------------------------------------------------


def test_a_suspected_double_funding_across_rounds_is_judged_by_staff_before_it_goes_on(road: Road) -> None:
    organisation = road.organisations[0]
    first = road.submit(SUNSET, organisation, field="elder_care", yuan=30_000)
    road.publish(name="另一轮次（演示）")
    second = road.submit(f"{SUNSET}·续", organisation, field="elder_care", yuan=26_000)
    third = road.submit("口袋花园共建行动", road.organisations[1], field="community_building", yuan=10_000)
    road.advance(days=15)
    road.on_round("start_screening")
    (flag,) = road.staff("projects.get_proposal", proposal_id=second)["flags"]
    assert (flag["proposal_id"], flag["earlier"]) == (first, True)
    assert SUNSET in flag["reason_zh"]
    assert flag["overlap_from_on"]
    with pytest.raises(ConflictError, match="double_funding_open"):
        road.staff("projects.screen_in_proposal", proposal_id=second)
    given: dict[str, Any] = {"proposal_id": second, "other_proposal_id": first}
    road.staff("projects.judge_double_funding", **given, verdict="overlapping", reason="服务同一批老人（演示）")
    with pytest.raises(ConflictError, match="double_funding_open"):
        road.staff("projects.screen_in_proposal", proposal_id=second)
    judged = road.staff("projects.judge_double_funding", **given, verdict="distinct", reason="另一社区（演示）")
    assert (judged["flags"][0]["verdict"], judged["flags"][0]["verdict_reason"]) == ("distinct", "另一社区（演示）")
    assert road.staff("projects.screen_in_proposal", proposal_id=second)["status"] == "eligible"
    assert road.staff("projects.screen_in_proposal", proposal_id=third)["status"] == "eligible"
    with pytest.raises(NotFoundError, match="double_funding_unknown"):
        road.staff(
            "projects.judge_double_funding",
            proposal_id=first,
            other_proposal_id=third,
            verdict="distinct",
            reason="没有标出（演示）",
        )
    assert road.recorded(DoubleFundingJudged) == 2


def test_proposals_of_a_cancelled_round_lapse_and_stand_in_no_other_rounds_way(road: Road) -> None:
    organisation = road.organisations[0]
    draft = road.draft("草稿（演示）", organisation, field="elder_care", yuan=1_000)
    first = road.submit(SUNSET, organisation, field="elder_care", yuan=30_000)
    road.on_round("cancel_round", reason="资金调整（演示）")
    assert road.author(organisation)("projects.get_proposal", proposal_id=first)["status"] == "withdrawn"
    with pytest.raises(NotFoundError):  # nobody outside had seen it, and nobody does now
        road.account("resident", street=road.street)("projects.get_proposal", proposal_id=first)
    assert road.author(organisation)("projects.get_proposal", proposal_id=draft)["status"] == "draft"
    road.publish(name="另一轮次（演示）")
    second = road.submit(SUNSET, organisation, field="elder_care", yuan=30_000)
    road.advance(days=15)
    road.on_round("start_screening")
    assert road.staff("projects.get_proposal", proposal_id=second)["flags"] == []
    assert road.staff("projects.screen_in_proposal", proposal_id=second)["status"] == "eligible"


def test_the_earlier_of_two_is_told_but_not_stopped(road: Road) -> None:
    organisation = road.organisations[0]
    first = road.submit(SUNSET, organisation, field="elder_care", yuan=30_000)
    second = road.submit(f"{SUNSET}·续", organisation, field="elder_care", yuan=26_000)
    road.advance(days=15)
    road.on_round("start_screening")
    (flag,) = road.staff("projects.get_proposal", proposal_id=first)["flags"]
    assert (flag["proposal_id"], flag["earlier"]) == (second, False)
    assert road.staff("projects.screen_in_proposal", proposal_id=first)["status"] == "eligible"
    road.staff("projects.screen_out_proposal", proposal_id=second, reason="double_funding")
