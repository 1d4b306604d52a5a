"""Guards that must hold on every path: notice, capacity, duplicates, district-wide writes, own questions."""

from __future__ import annotations

import pytest

from chassis.errors import ConflictError, ForbiddenError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import ZHUHAI, Caller, actor
from tests.service.registry.cast import PASSWORD, Cast


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def test_a_notice_broken_off_by_a_question_runs_its_full_time_again(cast: Cast) -> None:
    organisation = cast.organisation()
    case_id = cast.case_under_notice(organisation)["case_id"]
    cast.specialist("registry.request_case_info", case_id=case_id, reason="材料有出入")
    cast.wait(8)
    cast.cso(organisation)("registry.supply_case_info", case_id=case_id, note="已更正")
    cast.staff(case_id)
    with pytest.raises(ConflictError, match="case_notice_running"):
        cast.specialist("registry.sign_case_agreement", case_id=case_id)
    cast.wait(8)
    assert cast.specialist("registry.sign_case_agreement", case_id=case_id)["status"] == "agreed"


def test_a_case_asked_during_its_notice_keeps_its_place_and_is_not_late(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="case_base_capacity", value=1)
    first = cast.case_under_notice(cast.organisation())
    cast.specialist("registry.request_case_info", case_id=first["case_id"], reason="材料有出入")
    second = cast.case_in_review(cast.organisation("社区环保队（演示）"))
    cast.vote(second["case_id"], "approve", "approve", "approve")
    with pytest.raises(ConflictError, match="case_base_full"):
        cast.specialist("registry.decide_case_review", case_id=second["case_id"])
    cast.wait(30)
    assert not cast.specialist("registry.get_case", case_id=first["case_id"])["review_late"]


def test_a_closed_organisation_does_not_come_back_beside_its_namesake(cast: Cast) -> None:
    first = cast.organisation()
    ask = {"organisation_id": first["organisation_id"], "reason": "核对"}
    cast.bureau("registry.change_organisation", status="closed", **ask)
    cast.bureau(
        "registry.register_organisation",
        name=first["name"],
        kind="cso",
        legal_tier="filed",
        filing_number="备 2",
        responsible_person="张三丰",
        street_code=ZHUHAI,
        fields=["elder_care"],
    )
    with pytest.raises(ConflictError, match="organisation_duplicate"):
        cast.bureau("registry.change_organisation", status="active", **ask)


def test_nothing_of_the_whole_district_is_written_through_a_street_gateway(cast: Cast) -> None:
    here = cast.bureau.at(ZHUHAI)
    with pytest.raises(ForbiddenError):
        here("registry.open_account", role="bureau", login="bureau-2", password=PASSWORD, name="某")
    with pytest.raises(ForbiddenError):
        here("registry.set_policy", key="case_notice_days", value=1)
    with pytest.raises(ForbiddenError):
        here("registry.add_field", code="chess", zh="棋类", en="Chess")


def test_a_hub_does_not_answer_its_own_question_through_a_second_account(cast: Cast) -> None:
    hub = cast.hub()
    colleague = Caller(cast.host, actor("hub", streets=[ZHUHAI], organisation_id=cast.made["hub"]["organisation_id"]))
    asked = hub("registry.ask_consultation", topic="registration", question="如何申请免税资格？")
    with pytest.raises(ForbiddenError, match="consultation_not_yours"):
        colleague(
            "registry.answer_consultation",
            consultation_id=asked["consultation_id"],
            answer="见文件。",
            citations=[{"title": "文件", "document_number": "财税〔2018〕13号"}],
        )
