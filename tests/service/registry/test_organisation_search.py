"""Search: by name, pinyin, initials, codes and filters, ranked, paged, scoped, by indexes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from chassis.errors import InvalidError
from chassis.runtime.inprocess import InProcessHost
from services.registry.bootstrap import seed
from services.registry.organisations import domain, indexing, naming, search
from tests import kit
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI
from tests.service.registry.cast import Cast, credit_code

# A district's worth of names, made in the database: 20 x 20 x 10 words, spread over streets.
MANY = """
INSERT INTO organisation (id, name, name_key, kind, legal_tier, fields, introduction, status, in_breach, district_code,
    street_code, version, created_at, assure_from, filing_number, responsible_person)
SELECT gen_random_uuid(), name, name, 'cso', 'filed', '["youth"]', '', 'active', false, :district,
    :district || lpad((n % 23 + 1)::text, 3, '0'), 1, now() - n * interval '1 minute', now() - n * interval '1 minute',
    '批 ' || n, NULL
FROM (
    SELECT n, (ARRAY['红星','向阳','春风','和谐','安康','幸福','映山','滨海','松柏','银杏'])[n % 10 + 1]
        || (ARRAY['东','西','南','北','中','上','下','前','后','里'])[n / 10 % 10 + 1]
        || (ARRAY['歌','舞','棋','书','画','医','剪','修','读','跑'])[n / 100 % 10 + 1]
        || (ARRAY['助老','助残','邻里','文体','环保'])[n / 1000 % 5 + 1] || '服务队' AS name
    FROM generate_series(0, 4999) n
) made
"""


AFTER = "org_01h455vb4pex5vsknk084sn02q"


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def names(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["name"], row["match"]) for row in found["items"]]


def test_the_best_matches_come_first_and_each_only_once(cast: Cast) -> None:
    for name in ("珠海夕阳红助老服务社", "夕阳红助老服务社", "夕阳红", "朝阳读书会"):
        cast.organisation(name)
    found = cast.street("registry.search_organisations", q="夕阳红")
    assert names(found) == [
        ("夕阳红", "name"),
        ("夕阳红助老服务社", "name_start"),
        ("珠海夕阳红助老服务社", "name_part"),
    ]
    assert names(cast.street("registry.search_organisations", q="助老 夕阳")) == [
        ("夕阳红助老服务社", "name_part"),
        ("珠海夕阳红助老服务社", "name_part"),
    ]
    assert names(cast.street("registry.search_organisations", q="红夕阳")) == []
    assert names(cast.street("registry.search_organisations", q="朝")) == [("朝阳读书会", "name_start")]
    assert names(cast.street("registry.search_organisations", q="（，）")) == []


@pytest.mark.parametrize(
    ("q", "match"),
    [
        ("xyh", "pinyin_start"),
        ("XYHZL", "pinyin_start"),
        ("xiyang", "pinyin_start"),
        ("zlfw", "initials_part"),
        ("zhulao", "pinyin_part"),
        ("laofuwushe", "pinyin_part"),
        ("fu", "pinyin_part"),
    ],
)
def test_pinyin_and_initials_find_a_name_from_any_syllable(cast: Cast, q: str, match: str) -> None:
    cast.organisation("夕阳红助老服务社")
    cast.organisation("环保队")
    assert names(cast.street("registry.search_organisations", q=q)) == [("夕阳红助老服务社", match)]


def test_codes_find_exactly_and_by_their_beginning_former_ones_too(cast: Cast) -> None:
    first, second = credit_code(), credit_code()
    made = cast.bureau(
        "registry.register_organisation",
        name="绿岛",
        kind="cso",
        legal_tier="registered",
        uscc=first,
        street_code=ZHUHAI,
    )
    cast.bureau("registry.change_organisation", organisation_id=made["organisation_id"], uscc=second, reason="换证")
    for code in (first, second, second.lower(), f" {second[:8]}-{second[8:]}"):
        assert names(cast.street("registry.search_organisations", q=code)) == [("绿岛", "code")], code
    assert names(cast.street("registry.search_organisations", q=second[:12])) == [("绿岛", "code_start")]
    filed = cast.organisation("老年棋社", street=ZHUHAI)
    assert names(cast.street("registry.search_organisations", q=filed["filing_number"])) == [("老年棋社", "code")]


def test_filters_narrow_and_streets_see_their_own(cast: Cast) -> None:
    cast.organisation("夕阳红甲")
    cast.organisation("夕阳红乙", street=CHANGJIANG)
    assert names(cast.other_street("registry.search_organisations", q="夕阳红")) == [("夕阳红乙", "name_start")]
    assert names(cast.bureau("registry.search_organisations", q="夕阳红", place_code=ZHUHAI)) == [
        ("夕阳红甲", "name_start")
    ]
    assert names(cast.bureau("registry.search_organisations", field="youth")) == []
    assert len(cast.bureau("registry.search_organisations", field="elder_care", legal_tier="filed")["items"]) == 2
    assert cast.bureau("registry.search_organisations", legal_form="foundation")["items"] == []
    one = cast.organisation("夕阳红丙")
    own = cast.cso(one)("registry.search_organisations", q="夕阳红")
    assert names(own) == [("夕阳红丙", "name_start")]
    with pytest.raises(InvalidError, match="cursor_invalid"):
        cast.bureau("registry.search_organisations", q="夕阳红", cursor="OTl8")


def test_pages_of_all_ranks_together_are_the_whole_without_repeats(cast: Cast) -> None:
    _many(cast)
    whole = cast.bureau("registry.search_organisations", q="助老", limit=200)
    seen: list[str] = []
    cursor = None
    while True:
        page = cast.bureau(
            "registry.search_organisations", q="zhul", limit=70, **({"cursor": cursor} if cursor else {})
        )
        seen.extend(row["organisation_id"] for row in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 1000
    assert {row["organisation_id"] for row in whole["items"]} <= set(seen)


def _many(cast: Cast) -> None:
    executor = cast.host.executors["registry"]
    with executor.sessions.begin() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))  # set-up; the searches keep theirs
        session.execute(text(MANY), {"district": DISTRICT})
        while indexing.index_old_rows(session):
            pass
        session.execute(text("ANALYZE organisation"))
        assert indexing.is_complete(session)


QUESTIONS = ("红星东", "红星东歌助老服务队", "和谐东画", "hxdg", "hongxingdongge", "gzlfwd", "批 4321", None)
FILTERS = ({"place_code": ZHUHAI}, {"field": "elder_care"}, {"serves": ZHUHAI}, {"hub_id": "org_" + "0" * 26})


def test_every_rank_and_filter_is_asked_by_an_index(cast: Cast) -> None:
    _many(cast)
    wrong = []
    for streets in ([], [ZHUHAI]):
        who = kit.actor("street_staff", streets=streets)
        asked: list[Any] = [(search.question_of(q), {}, after) for q in QUESTIONS for after in ("", AFTER)]
        asked += [(search.question_of(None), filters, "") for filters in FILTERS]
        for question, filters, after in asked:
            for number, rank in enumerate(question.ranks):
                plan = _plan(cast, *search.statement_of(who, question, number, after, filters))
                if "Seq Scan on organisation " in plan:
                    wrong.append((rank, streets, filters, plan))
    assert wrong == []


def test_a_part_that_many_have_is_found_by_reading_as_far_as_the_page(cast: Cast) -> None:
    """Not by reading all of them to sort out the newest: 5 000 have 服务, 1 000 sound like zhulao."""
    _many(cast)
    bureau = kit.actor("bureau")
    for q, rank in (("服务", "name_part"), ("lf", "initials_part"), ("fu", "pinyin_part")):
        question = search.question_of(q)
        plan = _plan(cast, *search.statement_of(bureau, question, question.ranks.index(rank), "", {}))
        assert "Sort" not in plan, plan
        assert "Index Scan Backward using pk_organisation" in plan, plan


def _plan(cast: Cast, statement: Any, values: dict[str, Any]) -> str:
    """What PostgreSQL would do, with nothing switched off."""
    with cast.host.executors["registry"].sessions() as session:
        sql, asked = as_sent(session, statement, {**values, "page_size": 51})
        return "\n".join(row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {sql}", asked))


def as_sent(session: Any, statement: Any, values: dict[str, Any]) -> tuple[str, Any]:
    """The statement as it goes out: text and parameters of psycopg2."""
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, words: str, parameters: Any, *rest: Any) -> None:
        sent.append((words, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        session.execute(statement, values)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    return sent[0]


def test_rows_from_before_are_found_once_they_are_indexed(cast: Cast) -> None:
    made = cast.organisation("映山红歌队")
    executor = cast.host.executors["registry"]
    with executor.sessions.begin() as session:
        session.execute(
            text("UPDATE organisation SET bigrams = '{}', sounds = '{}', pinyin = NULL, search_version = 0")
        )
        version = session.execute(text("SELECT version FROM organisation")).scalar()
    assert names(cast.street("registry.search_organisations", q="山红")) == []
    for part in ("山红", "红"):  # the list does without what is not written yet
        assert [row["name"] for row in cast.street("registry.list_organisations", name=part)["items"]] == ["映山红歌队"]
    with executor.sessions.begin() as session:
        assert not indexing.is_complete(session)
        assert indexing.index_old_rows(session) == 1
        assert session.execute(text("SELECT version FROM organisation")).scalar() == version
    assert names(cast.street("registry.search_organisations", q="山红")) == [("映山红歌队", "name_part")]
    assert names(cast.street("registry.search_organisations", q="shanhong")) == [("映山红歌队", "pinyin_part")]
    assert (
        made["version"] == cast.street("registry.get_organisation", organisation_id=made["organisation_id"])["version"]
    )


@given(
    st.lists(st.text("红山歌ab%_/（", min_size=1, max_size=5), max_size=4),
    st.text("红山歌aB%_/（", min_size=1, max_size=3),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_by_part_of_a_name_is_exactly_those_that_have_it(
    host: InProcessHost, made: list[str], part: str
) -> None:
    cast = Cast(host)
    kit.empty(kit.database("registry"))
    with host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        seed(session, district_code=DISTRICT)
    keys = {domain.name_key(f"{name}{number}"): f"{name}{number}" for number, name in enumerate(made)}
    for name in keys.values():
        cast.organisation(name)
    found = cast.street("registry.list_organisations", name=part)["items"]
    assert {row["name"] for row in found} == {name for key, name in keys.items() if domain.name_key(part) in key}


def test_a_renamed_organisation_is_found_by_its_new_name_only(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation("旧名歌队")["organisation_id"]}
    cast.bureau("registry.change_organisation", **one, name="新名舞队", reason="更名")
    assert names(cast.street("registry.search_organisations", q="旧名")) == []
    assert names(cast.street("registry.search_organisations", q="xmwd")) == [("新名舞队", "pinyin_start")]
    assert naming.keys_of("新名舞队").initials == "xmwd"
