"""The cast. Every name is demo data and says so (演示); streets are real ones of district 370211."""

from __future__ import annotations

import random
from dataclasses import dataclass

ZHUHAI = "370211009"
STREETS = {
    ZHUHAI: "珠海街道",
    "370211010": "隐珠街道",
    "370211005": "长江路街道",
    "370211007": "灵山卫街道",
}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ELDER, BUILDING, SERVICE = "elder_care", "community_building", "community_service"
SUNSET = "牵手夕阳乐享老年"


def credit_code(randomness: random.Random, kind: str = "52") -> str:
    """A well-formed unified social credit code (GB 32100-2015) that no one holds: division 370211, random body."""
    body = kind + "370211" + "".join(randomness.choice(_ALPHABET) for _ in range(9))
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return body + _ALPHABET[(31 - total % 31) % 31]


@dataclass(frozen=True)
class Idea:
    """A proposal of the round: who, what, how much (yuan), and how the judges tend to see it (0–100)."""

    key: str
    organisation: int
    title: str
    field: str
    yuan: int
    merit: int
    support: float


ORGANISATIONS = (
    ("映山红邻里互助队（演示）", [SERVICE]),
    ("夕阳红助老服务社（演示）", [ELDER]),
    ("海风社区营造社（演示）", [BUILDING]),
    ("银龄手拉手志愿队（演示）", [ELDER]),
    ("四点半课堂互助会（演示）", [SERVICE]),
    ("楼道议事促进会（演示）", [BUILDING]),
    ("绿色家园环保队（演示）", [SERVICE]),
)
# Seven organisations (the first grew from the seed group), eight proposals: one organisation tries twice.
IDEAS = (
    Idea("sunset", 1, SUNSET, ELDER, 30_000, 92, 0.62),
    Idea("garden", 2, "口袋花园共建行动", BUILDING, 28_000, 86, 0.48),
    Idea("phone", 3, "智能手机银龄课堂", ELDER, 22_000, 82, 0.55),
    Idea("class", 4, "假期四点半课堂", SERVICE, 18_000, 78, 0.40),
    Idea("corridor", 5, "楼道议事厅", BUILDING, 16_000, 70, 0.25),
    Idea("green", 6, "旧物新生环保集市", SERVICE, 20_000, 64, 0.22),
    Idea("neighbour", 0, "邻里互助食堂", SERVICE, 24_000, 58, 0.18),
    Idea("again", 1, "牵手夕阳乐享老年·续", ELDER, 26_000, 50, 0.05),
)
ORDER_KINDS = ("陪同就医", "家电检修", "代购送药", "居室保洁", "心理陪伴")
