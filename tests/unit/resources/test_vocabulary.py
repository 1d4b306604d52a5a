"""Words and concepts: what is read, what is refused, what ranks; and the published measure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import text as bench
from chassis.errors import ConflictError
from services.resources.vocabulary import domain, ranking, topics, vectors, words
from services.resources.vocabulary.normal import bigrams, normal
from services.resources.vocabulary.tagger import Tagger


@cache
def tagger() -> Tagger:
    return Tagger(words.shipped())


def reader(model: vectors.Model | None = None) -> topics.Reader:
    return topics.Reader(tagger(), "test.0", model)


def concepts(text: str) -> set[str]:
    return set(tagger().weigh(text))


@pytest.mark.parametrize("status", domain.STATUSES)
@pytest.mark.parametrize("action", domain.ACTIONS)
def test_every_pair_of_state_and_action(status: str, action: str) -> None:
    allowed = {("absent", "add"): "active", ("retired", "add"): "active", ("active", "retire"): "retired"}
    if (status, action) in allowed:
        assert domain.next_status(status, action) == allowed[status, action]
    else:
        with pytest.raises(ConflictError):
            domain.next_status(status, action)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("需要輪椅", "wheelchair"),
        ("轮 椅", "wheelchair"),
        ("ＬＥＤ显示屏", "projector"),
        ("lunyi 两台", "wheelchair"),
        ("量一下血压", "health_check"),
        ("理個髮", "haircut"),
        ("成人紙尿褲、護理墊", "diaper"),
        ("買菜做飯沒人管，想申請長者食堂助餐", "meal"),
        ("扶著牆走，想要個四腳拐杖", "crutch"),
        ("捐贈舊電腦兩臺、顯示器", "computer"),
        ("wo xiang jie lun yi", "wheelchair"),
        ("xiu dian nao", "it_support"),
        ("孕妇产检没人陪", "medical_escort"),
        ("养了十几年的猫丢了", "pets"),
        ("有没有wheelchair", "wheelchair"),
    ],
)
def test_width_script_pinyin_and_words_apart(text: str, found: str) -> None:
    assert found in concepts(text)


def test_a_sentence_of_another_language_is_no_pinyin() -> None:
    text = "we are looking for a quiet place to read and to play chess on sunday, not far from the old bus station"
    assert concepts(text) == set()


def test_the_longest_word_counts_and_says_where_it_stood() -> None:
    [one] = [each for each in tagger().tag("想借　電動輪椅 一台") if each.concept == "wheelchair"]
    assert "想借　電動輪椅 一台"[one.start : one.end] == "電動輪椅"


def test_pieces_of_a_word_stay_within_reach_and_clause() -> None:
    assert "haircut" in concepts("修一修头")
    assert "haircut" not in concepts("修一修，头痛")
    assert "haircut" not in concepts("修好了这一整排旧房子再喊头儿")


@pytest.mark.parametrize(
    ("text", "wanted", "refused"),
    [
        ("不要轮椅，要拐杖", {"crutch"}, {"wheelchair"}),
        ("不需要米面油和牛奶，需要棉被", {"clothes_bedding"}, {"grain_oil", "milk"}),
        ("要不要轮椅", {"wheelchair"}, set()),
        ("理发不要钱", {"haircut"}, set()),
        ("除了图书，还要玩具", {"books", "toys"}, set()),
        ("没有轮椅", {"wheelchair"}, set()),
    ],
)
def test_what_a_text_refuses_is_left_out(text: str, wanted: set[str], refused: set[str]) -> None:
    found = concepts(text)
    assert wanted <= found
    assert not refused & found


@given(st.text(max_size=80))
def test_any_text_is_read_within_its_length_and_always_alike(text: str) -> None:
    found = tagger().tag(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert found == tagger().tag(text)
    assert len(normal(text).text) == len(normal(text).places)


@given(st.sampled_from(sorted(words.shipped())), st.data())
def test_a_word_alone_is_read_as_its_concept(key: str, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(sorted(words.shipped()[key].words)))
    assert key in concepts(word.removeprefix("?").replace("~", ""))


def test_the_shipped_files_hold_together() -> None:
    shipped = words.shipped()
    assert len(shipped) >= 160
    assert sum(len(concept.words) for concept in shipped.values()) >= 5000
    for concept in shipped.values():
        assert set(concept.broader) <= set(shipped)
        assert concept.key not in words.ancestors(shipped, concept.key), "no concept is broader than itself"
        assert concept.sort in {words.THING, words.AUDIENCE}


def test_tags_outweigh_the_text_and_audiences_say_no_thing() -> None:
    assert reader().topics(["大米"], "轮椅") == {"grain_oil"}
    assert reader().topics(["老年人"], "轮椅") == {"wheelchair"}
    assert reader().topics(["自家标签"], "轮椅") == {"自家标签"}


def test_a_need_lacks_the_narrowest_and_an_offer_reaches_the_broader() -> None:
    row = {"kind": "know_how", "street_code": None, "tags": [], "skills": [], "title": "急救培训课程", "summary": ""}
    assert topics.of_need(reader(), row)["topics"] == ["first_aid"]
    assert {"first_aid", "teaching", "health"} <= set(topics.of_offer(reader(), row)["topics"])
    assert "know_how:-:first_aid" in topics.of_offer(reader(), row)["topic_keys"]


def test_terms_of_a_ranked_text_are_named_whole_numbers_and_their_sum_is_the_score() -> None:
    texts = ranking.corpus(tagger(), [("a", "义务理发志愿队"), ("b", "便民磨刀"), ("c", "轮椅")])
    found = texts.rank(ranking.read(tagger(), "q", "老人想剃个头"), 10)
    assert [one.key for one in found] == ["a", "b"], "haircuts first, then what is related"
    for one in found:
        assert one.score == sum(one.terms.values())
        assert all(type(points) is int and points > 0 for points in one.terms.values())
    assert "concept:haircut" in found[0].terms


def test_pairs_of_characters_stay_within_a_stretch() -> None:
    assert bigrams("理发，洗头a") == ["理发", "洗头", "头a"]
    assert bigrams("渴！") == ["渴"]


def test_the_labelled_queries_reach_the_published_precision() -> None:
    found = bench.means(bench.measure())
    assert found["literal"]["all"] >= bench.GOALS["literal"]
    assert found["paraphrase"]["all"] >= bench.GOALS["paraphrase"]
    assert found["paraphrase"]["test"] >= bench.GOALS["paraphrase"], "of topics nobody tuned by"


def test_the_labelled_set_is_as_large_as_it_says() -> None:
    offers, queries = bench.rows("offers"), bench.rows("queries")
    assert len(offers) >= 300
    assert {row["topic"] for row in queries} == {row["topic"] for row in offers}
    for wording in bench.GOALS:
        assert sum(row["wording"] == wording for row in queries) >= 60


def test_word_vectors_suggest_a_concept_where_no_word_is_met(tmp_path: Path) -> None:
    file = tmp_path / "vectors.txt"
    file.write_text("4 2\n轮椅 1 0\n棉被 0 1\n滑板 0.9 0.1\n远方 -1 -1\n", encoding="utf-8")
    model = vectors.Model(vectors.read(str(file)), words.shipped())
    assert reader().topics([], "滑板") == frozenset()
    assert reader(model).topics([], "滑板") == {"wheelchair"}
    assert reader(model).topics([], "远方") == frozenset(), "not near enough to anything"
    assert reader(model).topics([], "棉被") == {"clothes_bedding"}, "words of the vocabulary come first"


def test_no_model_is_used_unless_a_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXT_MODEL", raising=False)
    assert topics.reader((), 0, vectors.TEXT_MODEL.get()).model is None


def test_an_edit_changes_one_concept_and_a_later_one_undoes_it() -> None:
    edits = [("wheelchair", "四轮小宝马", "add"), ("crutch", "拐杖", "retire"), ("crutch", "拐杖", "add")]
    changed = words.edited(words.shipped(), edits)
    assert changed["wheelchair"].words - words.shipped()["wheelchair"].words == {"四轮小宝马"}
    assert changed["crutch"].words == words.shipped()["crutch"].words
