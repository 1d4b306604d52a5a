"""The district edits words: who, why, one after the other; every text is read anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from chassis.runtime.jobrunner import run_one
from services.resources.suggestions import actions
from tests.kit import DISTRICT
from tests.service.resources.conftest import World

WORD = {"concept": "wheelchair", "word": "四轮小宝马", "reason": "本地老人这样叫"}


def _add(world: World, **changed: Any) -> dict[str, Any]:
    reply: dict[str, Any] = world.bureau("resources.add_synonym", **{**WORD, **changed})
    return reply


def test_a_new_word_is_read_in_texts_there_were_before(world: World) -> None:
    offer = world.offer(tags=[], title="四轮小宝马十台")
    assert offer["topics"] == []
    made = _add(world)
    assert (made["number"], made["job_id"] is not None) == (1, True)
    assert run_one(world.host.executors["resources"])
    shown = world.shown_offer(offer)
    assert "wheelchair" in shown["topics"]
    assert shown["version"] == offer["version"], "what follows from a text is no change of it"
    need = world.need(tags=[], title="想要轮椅")
    found = world.bureau("resources.list_suggestions", need_id=need["need_id"])["candidates"]
    assert [row["offer_id"] for row in found] == [offer["offer_id"]]
    world.host.settle()


def test_edits_are_kept_with_who_and_why_the_newest_first(world: World) -> None:
    _add(world)
    world.bureau("resources.retire_synonym", **{**WORD, "reason": "听不懂"})
    again = _add(world, reason="还是常用")
    page = world.bureau("resources.list_vocabulary_edits", concept="wheelchair", limit=2)
    assert [(row["number"], row["action"], row["reason"]) for row in page["items"]] == [
        (3, "add", "还是常用"),
        (2, "retire", "听不懂"),
    ]
    rest = world.bureau("resources.list_vocabulary_edits", cursor=page["next_cursor"])["items"]
    assert [row["number"] for row in rest] == [1]
    assert all(row["account_id"].startswith("acc_") for row in rest)
    assert again["number"] == 3


def test_a_word_is_added_once_and_retired_once(world: World) -> None:
    _add(world)
    with pytest.raises(ConflictError, match="vocabulary_word_wrong_status"):
        _add(world)
    world.bureau("resources.retire_synonym", **WORD)
    with pytest.raises(ConflictError, match="vocabulary_word_wrong_status"):
        world.bureau("resources.retire_synonym", **WORD)


def test_a_shipped_word_can_be_retired(world: World) -> None:
    world.bureau("resources.retire_synonym", concept="wheelchair", word="轮椅", reason="试停用")
    topics = world.bureau("resources.tag_text", text="轮椅")["topics"]
    assert "wheelchair" not in topics


def test_refusals(world: World) -> None:
    with pytest.raises(NotFoundError, match="concept_unknown"):
        _add(world, concept="no_such_thing")
    for word in ("~头尾", "a{b|c}", "？问", "一~二~三~四"):
        with pytest.raises(InvalidError, match="vocabulary_word_invalid"):
            _add(world, word=word)
    with pytest.raises(ForbiddenError):
        world.staff()("resources.add_synonym", **WORD)
    _add(world)
    with pytest.raises(StaleError):
        _add(world, word="又一个词", expected_version=0)


def test_two_who_add_at_once_both_count(world: World) -> None:
    words = [f"同时添加的词{number}" for number in "甲乙丙丁"]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda word: _add(world, word=word), words))
    assert sorted(reply["number"] for reply in made) == [1, 2, 3, 4]
    [shown] = world.bureau("resources.list_concepts", q="同时添加的词甲")["items"]
    assert set(words) <= set(shown["words"])


def test_concepts_are_paged_by_key(world: World) -> None:
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = world.bureau("resources.list_concepts", limit=60, **({"cursor": cursor} if cursor else {}))
        seen += [row["key"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(set(seen))
    assert len(seen) == world.bureau("resources.get_vocabulary")["concepts"]
    with pytest.raises(InvalidError):
        world.bureau("resources.list_concepts", cursor="!!")


def test_a_text_is_shown_word_by_word(world: World) -> None:
    reply = world.cso("sunset")("resources.tag_text", text="不要轮椅，要拐杖")
    assert reply["topics"] == ["crutch"]
    assert [(row["words"], row["negated"]) for row in reply["evidence"]] == [("轮椅", True), ("拐杖", False)]
    assert reply["fields_of_work"] == ["disability", "elder_care"]


def test_rows_of_before_the_vocabulary_are_read_by_the_periodic_task(world: World) -> None:
    offer, need = world.offer(), world.need()
    executor = world.host.executors["resources"]
    with executor.sessions.begin() as session:
        for table in ("offer", "need"):
            session.connection().exec_driver_sql(f"UPDATE {table} SET topics = '{{}}', read_with = ''")
    with executor.sessions.begin() as session:
        assert actions.districts(session) == [DISTRICT]
        assert actions.read_waiting_texts(session, DISTRICT, at_most=1) == 1
        assert actions.read_waiting_texts(session, DISTRICT, at_most=10) == 1
        assert actions.read_waiting_texts(session, DISTRICT, at_most=10) == 0
    assert "wheelchair" in world.shown_offer(offer)["topics"]
    assert world.shown_need(need)["topics"] == ["wheelchair"]
