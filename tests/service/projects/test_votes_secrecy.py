"""Nobody learns from anything that is kept or shown what somebody chose, nor how it stands before the result is out."""

from __future__ import annotations

import json
import random
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from chassis import ids
from contracts import roles
from gateway import api, catalogue
from gateway.route import Route
from tests import examples, kit
from tests.gateway.kit import Client, make_deps
from tests.service.projects.vote_hall import STREET, Hall

# Numbers that nothing else in the database is: where one turns up, a choice has leaked.
FIRST, SECOND = 918_273, 645_519
ANY = re.compile(rf"(?<![0-9a-f])(?:{FIRST}|{SECOND})(?![0-9a-f])")


def points_hall() -> Hall:
    return Hall(method="points", points_total=2_000_000, points_each=1_000_000)


def tables(hall: Hall) -> Iterator[tuple[str, str]]:
    """Every row of every table, as text."""
    for (name,) in hall.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"):
        for (row,) in hall.sql(f'SELECT t::text FROM "{name}" t'):
            yield name, str(row)


def test_a_choice_is_in_no_table_but_the_ballots_in_no_event_and_in_no_log() -> None:
    hall = points_hall()
    hall.open(days=1)
    one, two, _ = hall.proposals
    person, other = hall.residents(2)
    with capture_logs(processors=[merge_contextvars]) as lines:
        key, mark = str(ids.new_uuid()), secrets.token_hex(32)
        points = {one: FIRST, two: SECOND}
        replies = [hall.cast(person, points=points, mark=mark, command_id=key) for _ in range(2)]
        for wrong in ({one: FIRST}, {two: SECOND, one: FIRST}):
            with pytest.raises(Exception, match="voter_already_voted"):
                hall.cast(person, points=wrong, command_id=str(ids.new_uuid()))
        with pytest.raises(Exception, match="ballot_points_exceeded"):
            hall.cast(other, points={one: FIRST, two: FIRST, hall.proposals[2]: SECOND})
        hall.advance(days=2)
    assert {name for name, row in tables(hall) if ANY.search(row)} == {"ballot"}
    assert lines
    assert not ANY.search(json.dumps([replies, lines], default=str))


def test_the_gateway_logs_neither_a_choice_nor_whose_receipt_was_checked() -> None:
    hall = points_hall()
    hall.open(days=1)
    client = Client(make_deps(hall.host, routes=api.routes(), catalogue=catalogue.load()))
    person = hall.resident()
    asked = client.with_token(kit.token(person.who)) if person.who else client
    path = f"/v1/rounds/{hall.round_id}/vote/ballots"
    with capture_logs(processors=[merge_contextvars]) as lines:
        body = {"points": {hall.proposals[0]: FIRST}, "mark": secrets.token_hex(32)}
        key = {"Idempotency-Key": "once"}
        cast = [asked.post(path, json=body, headers=key) for _ in range(2)]
        other = asked.post(path, json={"points": {hall.proposals[1]: SECOND}}, headers=key)
        hall.advance(days=2)
        commitment = cast[0].json["commitment"]
        checked = asked.get(f"{path}/{commitment}")
    assert [answer.status_code for answer in cast] == [201, 201]
    assert cast[0].json == cast[1].json
    assert (other.status_code, other.json["code"]) == (409, "voter_already_voted")
    assert checked.json["included"]
    logged = json.dumps(lines, default=str)
    assert "cast_ballot" in logged
    assert not ANY.search(logged)
    assert commitment not in logged
    assert body["mark"] not in logged
    kept = [name for name, row in tables(hall) if commitment in row]
    assert kept == ["ballot"], "no stored reply tells whose commitment it is"


def alike(turns: list[str], places: list[str]) -> float:
    """Spearman's correlation of two orders of the same things; of 40 unrelated ones beyond 0.7 once in 100 000."""
    size = len(turns)
    assert sorted(turns) == sorted(places)
    apart = sum((turn - places.index(one)) ** 2 for turn, one in enumerate(turns))
    return 1 - 6 * apart / (size * (size * size - 1))


def test_who_voted_shares_no_key_and_no_hidden_column_with_what() -> None:
    hall = Hall()
    hall.open(days=1)
    people = hall.residents(40)
    random.Random(7).shuffle(people)  # accounts are older the smaller their id
    cast = [
        hall.cast(person, number % 3, command_id=str(ids.new_uuid()), mark=secrets.token_hex(32))["commitment"]
        for number, person in enumerate(people)
    ]
    hall.advance(days=2)
    rows = hall.sql("SELECT id::text, xmin::text, cmin::text, ctid::text, commitment FROM ballot ORDER BY ctid")
    assert abs(alike(cast, [row.commitment for row in rows])) < 0.7, "a ballot's place in the table tells its turn"
    assert len({(row.xmin, row.cmin) for row in rows}) == 1
    for table in ("participation", "command_log", "inbox"):
        assert hall.sql(f"SELECT 1 FROM ballot b JOIN {table} o ON b.xmin = o.xmin") == []
    voters = hall.sql("SELECT account_id::text, xmin::text FROM participation ORDER BY ctid")
    voted = [str(ids.decode("acc", person.who.account_id or "")) for person in people if person.who]
    assert abs(alike(voted, [row.account_id for row in voters])) < 0.7
    assert len({row.xmin for row in voters}) == 1
    columns = hall.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'ballot'")
    assert {name for (name,) in columns} == {
        "id", "district_code", "round_id", "channel", "choice", "salt", "commitment", "mark",
    }  # fmt: skip
    assert not any(account in row for name, row in tables(hall) if name == "ballot" for account in voted)


def test_while_the_vote_runs_the_last_writer_of_most_ballots_is_somebody_else() -> None:
    hall = Hall()
    hall.open(days=1)
    wrote = {}
    for person in hall.residents(60):
        receipt = hall.cast(person, 0)
        (mine,) = hall.sql("SELECT xmin::text FROM ballot WHERE commitment = :it", it=receipt["commitment"])
        wrote[receipt["commitment"]] = mine.xmin
    company = hall.sql("SELECT count(*) FROM ballot GROUP BY xmin::text ORDER BY 1 DESC")
    assert company[0][0] == 10, "the newest ballot is one of ten that its transaction wrote"
    now = dict(hall.sql("SELECT commitment, xmin::text FROM ballot"))
    assert sum(now[one] == wrote[one] for one in now) < len(now) / 2


def test_a_ballot_is_neither_the_first_nor_the_last_of_those_written_with_it() -> None:
    hall = Hall()
    hall.open(days=1)
    places = set()
    for person in hall.residents(40):
        receipt = hall.cast(person, 0)
        statement = "SELECT b.commitment FROM ballot b JOIN ballot m ON b.xmin = m.xmin AND m.commitment = :it"
        together = hall.sql(f"{statement} ORDER BY b.ctid", it=receipt["commitment"])
        places.add([one for (one,) in together].index(receipt["commitment"]))
    assert len(places) > 4


# routes ---------------------------------------------------------------------------------------------------------------


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def path_of(route: Route, hall: Hall, given: dict[str, str]) -> tuple[str, dict[str, Any]]:
    operation = {**catalogue.load(), **api.own_operations()}[route.operation]
    values = {**examples.arguments(operation), "round_id": hall.round_id, "proposal_id": hall.proposals[0], **given}
    names = re.findall(r"{(\w+)}", route.path)
    path = route.path.format(**{name: values.get(name, "x" * 8) for name in names})
    wanted = {name for name in operation.input().fields if name not in names}
    return path, {name: value for name, value in values.items() if name in wanted and value is not None}


def said(response: Any) -> str:
    """What an answer says, without the names of its members."""
    if not response.headers["content-type"].startswith("application/json"):
        return str(response.content.decode("utf-8", errors="replace"))
    return json.dumps([leaf for leaf in leaves(response.json) if isinstance(leaf, int | str)])


def shown_on_every_route(hall: Hall, given: dict[str, str]) -> dict[str, int]:
    """Every readable route as several roles: where one of the two numbers is shown, and how many routes answered."""
    deps = make_deps(hall.host, routes=api.routes(), catalogue=catalogue.load())
    client, answered = Client(deps), 0
    found: dict[str, int] = {}
    callers = [client.as_("bureau"), client.as_("street_staff", streets=[STREET]), client]
    for route in api.routes():
        if route.method != "GET" or not route.operation.startswith("projects."):
            continue
        path, params = path_of(route, hall, given)
        for caller in callers:
            response = caller.get(path, params=params)
            answered += response.status_code == 200
            if response.status_code == 200 and ANY.search(said(response)):
                found[route.path] = found.get(route.path, 0) + 1
    assert answered > 30
    return found


def test_no_route_shows_how_it_stands_before_the_result_is_published(trail_key: Any) -> None:
    hall = Hall(trail=True, method="points", points_total=2_000_000, points_each=1_000_000, paper=True)
    hall.open(days=1)
    hall.cast(hall.resident(), points={hall.proposals[0]: FIRST, hall.proposals[1]: SECOND})
    keyed = {"number": 1, "points": {hall.proposals[0]: FIRST}}
    hall.do("mark_paper_voter", number="1", place_code=STREET)
    batch = hall.do("open_paper_batch", label="甲（演示）", place_code=STREET, sheets=1)["batch_id"]
    for person in hall.staff[:2]:
        person("projects.key_paper_batch", batch_id=batch, entries=[keyed])
    hall.host.settle()
    given = {"batch_id": batch}
    assert shown_on_every_route(hall, given) == {}
    hall.advance(days=2)
    hall.do("close_vote")
    hall.host.settle()
    hall.set_round("determining")
    assert shown_on_every_route(hall, given) == {}
    assert not [row for name, row in tables(hall) if name in {"outbox", "trail_entry", "job"} and ANY.search(row)]
    hall.set_round("public_notice")
    assert set(shown_on_every_route(hall, given)) == {"/v1/rounds/{round_id}/vote"}, "the walk would have seen it"


def test_the_public_reads_a_vote_and_small_numbers_stay_hidden() -> None:
    hall = Hall(smallest_shown=5, paper=True)
    hall.open(days=1)
    for person in [*hall.residents(6), *hall.residents(2, community=f"{STREET}002")]:
        hall.cast(person, 0)
    for person in hall.residents(7, community=f"{STREET}003"):
        hall.cast(person, 1)
    turnout = hall.do("get_turnout", kit.Caller(hall.host))
    assert turnout["participation"] == 15
    shown = {row["place_code"][-3:]: row["participation"] for row in turnout["places"]}
    assert shown == {"001": None, "002": None, "003": 7}, "two of 15 - 7 could be worked out from one hidden place"
    assert turnout["channels"] == {"online": None, "paper": None}


def test_the_hidden_columns_are_really_looked_at() -> None:
    """The check above can fail: two rows of one transaction do share what it compares."""
    hall = Hall()
    with hall.sessions.begin() as session:
        session.execute(text("INSERT INTO participation VALUES ('370211', gen_random_uuid(), gen_random_uuid())"))
        session.execute(text("INSERT INTO participation VALUES ('370211', gen_random_uuid(), gen_random_uuid())"))
    assert len(hall.sql("SELECT 1 FROM participation a JOIN participation b ON a.xmin = b.xmin AND a <> b")) == 2


def test_every_role_reads_the_vote() -> None:
    hall = Hall()
    hall.open()
    for role in roles.EVERY_ROLE:
        caller = kit.Caller(hall.host, kit.actor(role, streets=[STREET]))
        assert hall.do("get_vote", caller)["support"] is None
