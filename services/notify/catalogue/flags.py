"""Events of flags on projects and orders."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import BUREAU, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, organisation, roles

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="flag_raised",
        kind=kinds.PROJECTS,
        to=(organisation(), roles(BUREAU, STREET_STAFF)),
        when=("severity", frozenset({"warning", "serious"})),
        email=False,
        words=Words(
            "有一条新的预警需要说明",
            "系统按公布的规则发现一处需要说明的情况，请在“预警”中查看理由并说明情况。",
            "A flag wants to be explained",
            "A published rule found something. Please read the reason under flags and explain how it came about.",
        ),
    ),
    Notice(
        event="flag_explained",
        kind=kinds.PROJECTS,
        to=(roles(BUREAU, STREET_STAFF),),
        email=False,
        words=Words(
            "组织已对一条预警作出说明",
            "请查看说明，采信或认定预警成立。",
            "A flag was explained",
            "Please read the explanation, and accept it or uphold the flag.",
        ),
    ),
    Notice(
        event="flag_upheld",
        kind=kinds.PROJECTS,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "一条预警经认定成立",
            "街道或区民政局认定预警成立，请按意见整改。",
            "A flag was upheld",
            "Staff upheld a flag. Please put right what the note says.",
        ),
    ),
)
