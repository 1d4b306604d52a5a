"""The shipped words: how residents say it is understood, and no word is so general that it tags everything."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache

import pytest

from services.resources.vocabulary import words
from services.resources.vocabulary.domain import check_word
from services.resources.vocabulary.tagger import Tagger

SHORT = frozenset("伯婆翁刃钝哭奠床柜碗笔筷锅肉鱼渴扛拄贼")
"""The only words of one character."""
MOST = 3
"""A word says at most so many concepts."""
BROADEST = 5
"""A sentence about one thing is read as at most so many."""


@cache
def tagger() -> Tagger:
    return Tagger(words.shipped())


@cache
def concepts_by_word() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, concept in words.shipped().items():
        for marked in concept.words:
            found["".join(words.read_word(marked).pieces)].add(key)
    return found


def test_no_word_of_one_character_but_those_listed() -> None:
    assert {word for word in concepts_by_word() if len(word) == 1} == SHORT


def test_no_word_stands_for_many_concepts() -> None:
    assert {word: keys for word, keys in concepts_by_word().items() if len(keys) > MOST} == {}


def test_every_word_could_be_added_by_a_district() -> None:
    for concept in words.shipped().values():
        for marked in concept.words - {concept.en}:
            check_word(marked)


def test_spoken_words_belong_to_concepts_and_say_more_than_the_other_files() -> None:
    with (words.DATA / f"{words.SPOKEN}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["key"] for row in rows} <= set(words.shipped())
    assert all(set(row) == {"key", "words"} for row in rows), "no comma within words"
    assert len(words.shipped()) >= 190
    assert sum(len(concept.words) for concept in words.shipped().values()) >= 60_000


@pytest.mark.parametrize(
    "text",
    [
        "需要帮忙",
        "老人",
        "社区",
        "活动",
        "服务",
        "东西",
        "地方",
        "没人",
        "我想问问",
        "一起来参加吧",
        "麻烦尽快回复，谢谢大家",
        "周三下午两点开始，在三号楼二单元",
        "希望能得到支持",
        "家里情况比较特殊，请居委会联系我",
        "人数不限，先到先得，欢迎前来",
        "每周一次，长期有效，联系电话见下方",
        "可以提供给有需要的人",
        "今天天气不错，孩子们很高兴",
        "时间地点另行通知",
    ],
)
def test_what_every_text_says_names_no_thing(text: str) -> None:
    assert tagger().things(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("老爷子胡子拉碴，下不了楼去发廊", "haircut"),
        ("老娘自己不敢一个人跑医院做胃镜", "medical_escort"),
        ("菜刀切肉半天切不断", "knife_sharpen"),
        ("裤子挂破了谁能补两针", "sewing"),
        ("厨房的水龙头老是漏", "repair"),
        ("插座一插就冒火花", "repair"),
        ("奶奶刚说过的话就忘，上次还走丢了", "dementia"),
        ("爸妈加班没人接孩子放学", "childcare"),
        ("楼上半夜蹦跳，吵得睡不着", "mediation"),
        ("包工头跑了，工资要不回", "legal"),
        ("遛狗不牵绳，狗屎没人管", "pets"),
        ("柜子太重搬不动", "moving"),
        ("老太太对着电视过一天", "visiting"),
        ("天天吃剩饭剩菜，懒得开火", "meal"),
        ("想跟外地的孙子打视频，微信不会弄", "smartphone"),
        ("接到冒充客服的电话，差点转账", "anti_fraud"),
        ("电瓶推进楼里充电", "fire_safety"),
        ("喉咙卡了鱼刺怎么办", "first_aid"),
        ("英文说明书看不懂", "translation"),
        ("聋哑邻居来办事，没法比划", "sign_language"),
        ("闺女三十多了还没对象", "matchmaking"),
        ("办丧事不知道找谁操持", "funeral"),
        ("队伍想转正，章程怎么弄", "registration"),
        ("好点子不会写成方案", "proposal_writing"),
        ("账本对不上，发票一堆", "accounting"),
        ("活动现场没人拍照", "photography"),
        ("站后面听不见，话筒坏了", "audio"),
        ("几十号人没凳子坐", "tables_chairs"),
        ("大太阳底下排队，搭个凉棚", "tent"),
        ("表格要印几百份", "printer"),
        ("家里断顿，米缸空了", "grain_oil"),
        ("膝盖没力，下床要扶墙", "crutch"),
        ("住六楼没电梯，背下楼晒晒太阳", "stair_help"),
        ("降压药老忘吃", "medicine_advice"),
        ("家里闹蟑螂", "pest_control"),
        ("外卖员中午想找个地方歇脚", "rest_stop"),
        ("一楼不同意装电梯", "elevator"),
        ("申请表不会填，眼花写不了字", "letter_writing"),
        ("量血压的机器", "health_goods"),
        ("小人书、故事书", "books"),
        ("学学咋急救、心脏复苏", "first_aid"),
        ("给老人办重阳宴差三千块", "money"),
        ("给困难户送米，一百斤", "grain_oil"),
        ("蟑螂老鼠太多", "pest_control"),
        ("想申请公租房", "policy_advice"),
        ("五个煤气罐、换煤气", "errand"),
        ("想租个摊位卖手工", "flea_market"),
        ("阿婆住六樓冇電梯，想搵人幫手揹落樓", "stair_help"),
        ("我哋想借張枱同埋凳開街坊會", "tables_chairs"),
        ("高血压糖尿病吃什么", "nutrition"),
        ("我想找个地方停电动车", "parking_space"),
    ],
)
def test_how_residents_say_it_is_understood(text: str, meant: str) -> None:
    found = tagger().things(text)
    assert meant in found
    assert len(found) <= BROADEST


@pytest.mark.parametrize(
    ("text", "wanted", "refused"),
    [
        ("不要盒饭，要大喇叭", {"audio"}, {"meal"}),
        ("谢绝旧衣裳、二手家具，想要泡面", set(), {"clothes_bedding", "furniture"}),
        ("水龙头坏了，不需要搬家公司", {"repair"}, {"moving"}),
    ],
)
def test_spoken_words_are_refused_like_others(text: str, wanted: set[str], refused: set[str]) -> None:
    found = tagger().things(text)
    assert wanted <= found
    assert not refused & found


def test_spoken_words_in_two_pieces_stay_within_the_clause() -> None:
    assert "repair" in tagger().things("马桶又堵上了")
    assert "repair" not in tagger().things("马桶，路上堵")


def test_short_words_are_met_in_pinyin_and_half_sentences_are_not() -> None:
    assert "sewing" in tagger().things("zhen xian huo")
    assert "haircut" in tagger().things("头发没人剪")
    assert "haircut" not in tagger().things("tou fa mei ren jian")
