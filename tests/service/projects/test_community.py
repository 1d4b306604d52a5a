"""Community projects, every event delivered twice: sessions, orders, money that is never overspent, interest."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from chassis import clock, person
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError, StaleError
from services.projects.community.models import CommunityProject, CommunitySession
from services.projects.persons.models import PARTS
from tests import kit
from tests.service.projects.test_orders import EVIDENCE, HERE
from tests.service.projects.test_orders import Story as Orders


def receipt(number: int) -> list[dict[str, Any]]:
    return [{"sha256": f"{number:064x}", "size": 10, "media_type": "image/png"}]


class Neighbourhood(Orders):
    """A street that hosts a project of ten days with 100 yuan."""

    def __init__(self) -> None:
        super().__init__()
        self.today = clock.day_of(clock.system_now())
        self.project_id = self.draft()

    def draft(self, who: kit.Caller | None = None, **given: Any) -> str:
        facts: dict[str, Any] = {
            "title": "邻里节（演示）",
            "summary": "义诊、便民、文艺",
            "fields": ["community_service"],
            "street_code": kit.ZHUHAI,
            "place": "社区广场",
            "starts_on": self.today.isoformat(),
            "ends_on": (self.today + timedelta(days=10)).isoformat(),
            "budget": "100.00",
            "lines": [{"line": "物资", "amount": "60.00"}, {"line": "场地", "amount": "40.00"}],
        }
        made = (who or self.staff)("projects.draft_community_project", **{**facts, **given})
        return str(made["community_project_id"])

    def on(self, who: kit.Caller, verb: str, **given: Any) -> Any:
        return who(f"projects.{verb}", community_project_id=self.project_id, **given)

    def at(self, session_id: str, who: kit.Caller, verb: str, **given: Any) -> Any:
        return who(f"projects.{verb}", community_session_id=session_id, **given)

    def plan(self, budget: str = "50.00", *, days: int = 1, who: kit.Caller | None = None) -> str:
        starts = clock.system_now() + timedelta(days=days)
        made = self.on(
            who or self.staff,
            "plan_community_session",
            title="义诊",
            place="广场",
            starts_at=starts.isoformat(),
            ends_at=(starts + timedelta(hours=2)).isoformat(),
            needs=[{"kind": "elder_care", "count": 2}],
            budget=budget,
        )
        return str(made["community_session_id"])

    def running(self) -> str:
        session_id = self.plan()
        self.on(self.staff, "publish_community_project")
        self.on(self.staff, "start_community_project")
        return session_id

    def order_in(self, session_id: str) -> str:
        made = self.at(session_id, self.staff, "order_for_session", kind="elder_care", title="量血压")
        return str(made["order_id"])

    def finish(self, order_id: str, stars: int) -> None:
        self.staff("projects.verify_order", order_id=order_id, minutes=30)
        self.staff("projects.offer_order", order_id=order_id, organisation_ids=self.orgs[:1])
        self.cso[0]("projects.accept_order", order_id=order_id)
        self.schedule(order_id)
        self.cso[0]("projects.check_in_order", order_id=order_id, reason="到场", **HERE)
        self.cso[0]("projects.deliver_order", order_id=order_id, minutes=45, evidence=EVIDENCE)
        self.staff("projects.confirm_order", order_id=order_id)
        self.staff("projects.rate_order", order_id=order_id, stars=stars)

    def spend(self, session_id: str, amount: str, number: int, line: str = "物资") -> Any:
        return self.at(
            session_id,
            self.staff,
            "record_community_spending",
            line=line,
            amount=amount,
            spent_on=self.today.isoformat(),
            purpose="血压计",
            receipts=receipt(number),
        )


@pytest.fixture
def place(trail_key: object) -> Neighbourhood:
    return Neighbourhood()


def test_a_project_runs_from_draft_to_close_with_its_orders_and_ratings(place: Neighbourhood) -> None:
    session_id = place.running()
    first, second = place.order_in(session_id), place.order_in(session_id)
    place.spend(session_id, "20.00", 1)
    place.at(session_id, place.staff, "hold_community_session", attended=35, evidence=EVIDENCE)
    place.finish(first, 5)
    with pytest.raises(ConflictError, match="community_orders_open"):
        place.on(place.staff, "complete_community_project")
    place.finish(second, 4)
    done = place.on(place.staff, "complete_community_project")
    assert done["progress"] == {
        "orders": 2,
        "orders_done": 2,
        "orders_by_status": {"rated": 2},
        "minutes": 90,
        "ratings": 2,
        "stars_mean": "4.50",
    }
    closed = place.on(place.staff, "close_community_project")
    assert (closed["status"], closed["spent"], closed["sessions_held"]) == ("closed", "20.00", 1)
    place.host.settle()
    entries = place.staff("projects.list_trail_entries", subject=place.project_id)["items"]
    assert entries[0]["event"] == "community_project_closed"


def test_money_is_never_planned_or_spent_above_the_budget(place: Neighbourhood) -> None:
    session_id = place.running()
    with pytest.raises(ConflictError, match="community_budget_exceeded"):
        place.plan("50.01")
    place.plan("50.00")
    with pytest.raises(ConflictError, match="community_budget_exceeded"):
        place.spend(session_id, "50.01", 1)
    with pytest.raises(ConflictError, match="community_budget_exceeded"):
        place.spend(session_id, "40.01", 1, line="场地")
    place.spend(session_id, "10.00", 1)
    with pytest.raises(ConflictError, match="community_receipt_reused"):
        place.spend(session_id, "1.00", 1)
    with pytest.raises(ConflictError, match="community_budget_exceeded"):
        place.at(session_id, place.staff, "change_community_session", budget="9.99")
    off = place.at(session_id, place.staff, "cancel_community_session", reason="下雨", orders="cancel")
    assert (off["status"], off["budget"]) == ("cancelled", "10.00")
    place.plan("40.00")


def test_of_many_who_spend_at_once_only_what_the_session_has_is_spent(place: Neighbourhood) -> None:
    session_id = place.running()
    start, said = threading.Barrier(12), []

    def run(number: int) -> None:
        start.wait()
        try:
            place.spend(session_id, "9.00", number)
            said.append("done")
        except FootprintError as error:
            said.append(error.code)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(1, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["community_budget_exceeded"] * 7 + ["done"] * 5
    assert place.at(session_id, place.staff, "get_community_session")["spent"] == "45.00"
    assert len(place.on(place.staff, "list_community_spendings")["items"]) == 5


@pytest.mark.parametrize("model", [CommunityProject, CommunitySession])
def test_the_database_refuses_an_overspent_budget_by_itself(place: Neighbourhood, model: Any) -> None:
    place.running()
    table = model.__tablename__
    with (
        pytest.raises(IntegrityError, match="spent_within"),
        place.host.executors["projects"].sessions.begin() as session,
    ):
        session.execute(kit.text(f"UPDATE {table} SET spent_fen = budget_fen + 1"))


def test_called_off_orders_are_cancelled_and_work_that_began_goes_on(place: Neighbourhood) -> None:
    session_id = place.running()
    waiting, begun = place.order_in(session_id), place.order_in(session_id)
    place.staff("projects.verify_order", order_id=begun, minutes=30)
    place.staff("projects.offer_order", order_id=begun, organisation_ids=place.orgs[:1])
    place.cso[0]("projects.accept_order", order_id=begun)
    place.schedule(begun)
    place.cso[0]("projects.check_in_order", order_id=begun, reason="到场")
    off = place.on(place.staff, "cancel_community_project", reason="场地停用", orders="cancel")
    assert off["status"] == "cancelled"
    assert place.order(waiting)["status"] == "cancelled"
    assert (place.order(begun)["status"], place.order(begun)["session_id"]) == ("checked_in", None)
    place.cso[0]("projects.deliver_order", order_id=begun, minutes=45, evidence=EVIDENCE)


def test_released_orders_go_on_by_themselves(place: Neighbourhood) -> None:
    session_id = place.running()
    order_id = place.order_in(session_id)
    place.at(session_id, place.staff, "cancel_community_session", reason="改期", orders="release")
    assert (place.order(order_id)["status"], place.order(order_id)["session_id"]) == ("requested", None)
    with pytest.raises(ConflictError, match="community_session_state_conflict"):
        place.order_in(session_id)


def test_a_residents_order_is_put_into_a_session_and_taken_out(place: Neighbourhood) -> None:
    session_id = place.running()
    order_id = place.verified()
    place.at(session_id, place.staff, "attach_session_order", order_id=order_id)
    assert place.order(order_id)["session_id"] == session_id
    with pytest.raises(ConflictError, match="community_order_not_fitting"):
        place.at(session_id, place.staff, "attach_session_order", order_id=order_id)
    listed = place.at(session_id, place.staff, "list_session_orders")["items"]
    assert [one["order_id"] for one in listed] == [order_id]
    assert place.at(session_id, place.caller("resident"), "list_session_orders")["items"] == []
    place.at(session_id, place.staff, "release_session_order", order_id=order_id)
    assert place.order(order_id)["session_id"] is None


def test_residents_sign_up_once_and_are_only_counted(place: Neighbourhood) -> None:
    place.plan()
    with pytest.raises(NotFoundError, match="community_project_not_found"):
        place.on(place.resident, "register_interest")  # a draft is not theirs to see
    place.on(place.staff, "publish_community_project")
    place.on(place.resident, "register_interest")
    with pytest.raises(ConflictError, match="community_interest_exists"):
        place.on(place.resident, "register_interest")
    shown = place.on(place.resident, "get_community_project")
    assert shown["interested"] == 1
    assert str(place.resident.who.account_id) not in str(shown)  # type: ignore[union-attr]
    place.on(place.resident, "withdraw_interest")
    with pytest.raises(NotFoundError, match="community_interest_not_found"):
        place.on(place.resident, "withdraw_interest")


def test_a_host_runs_its_own_project_and_the_street_publishes_it(place: Neighbourhood) -> None:
    host, other = place.cso[0], place.cso[1]
    place.project_id = place.draft(host)
    with pytest.raises(NotFoundError):
        place.on(other, "get_community_project")
    place.plan(who=host)
    with pytest.raises(ForbiddenError):
        place.on(host, "publish_community_project")
    place.on(place.staff, "publish_community_project")
    with pytest.raises(ForbiddenError, match="community_project_not_yours"):
        place.on(other, "start_community_project")
    assert place.on(host, "start_community_project")["status"] == "running"
    with pytest.raises(ForbiddenError, match="community_project_not_yours"):
        place.draft(host, host_organisation_id=place.orgs[1])
    with pytest.raises(NotFoundError):
        place.on(other, "list_community_spendings")


def test_a_neighbouring_street_sees_nothing(place: Neighbourhood) -> None:
    session_id = place.running()
    neighbour = place.caller("street_staff", street=kit.CHANGJIANG)
    assert neighbour("projects.list_community_projects")["items"] == []
    with pytest.raises(NotFoundError, match="community_project_not_found"):
        place.on(neighbour, "cancel_community_project", reason="越权", orders="cancel")
    with pytest.raises(NotFoundError, match="community_session_not_found"):
        place.at(session_id, neighbour, "hold_community_session", attended=1)
    with pytest.raises(ForbiddenError, match="street_forbidden"):
        place.draft(neighbour)


def test_a_stale_reader_changes_nothing_and_a_draft_must_add_up(place: Neighbourhood) -> None:
    version = place.on(place.staff, "get_community_project")["version"]
    place.on(place.staff, "change_community_project", title="邻里文化节（演示）", expected_version=version)
    with pytest.raises(StaleError):
        place.on(place.staff, "change_community_project", title="旧标题", expected_version=version)
    with pytest.raises(InvalidError, match="community_budget_invalid"):
        place.on(place.staff, "change_community_project", budget="99.00")
    with pytest.raises(ConflictError, match="community_project_unready"):
        place.on(place.staff, "publish_community_project")
    with pytest.raises(InvalidError, match="community_period_invalid"):
        place.plan(days=30)


def test_a_list_asks_the_same_number_of_queries_for_one_and_for_many(place: Neighbourhood) -> None:
    def queries() -> int:
        counted: list[str] = []
        engine = place.host.executors["projects"].readers.kw["bind"]

        def count(*args: Any) -> None:
            counted.append(args[2])

        event.listen(engine, "before_cursor_execute", count)
        place.staff("projects.list_community_projects")
        event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    one = queries()
    for _ in range(4):
        place.draft()
    assert queries() == one


def test_who_signed_up_is_in_the_copy_of_their_own_data(place: Neighbourhood) -> None:
    place.running()
    place.on(place.resident, "register_interest")
    account_id = place.resident.who.account_id  # type: ignore[union-attr]
    found = place.host.executors["projects"]
    with found.sessions() as session:
        copy = person.collect(session, PARTS, str(account_id))
    assert [row["community_project_id"] for row in copy["community_projects_of_interest"]] == [place.project_id]
