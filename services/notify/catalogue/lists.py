"""Events of the one list, the census and dispatch: who must look, go or answer."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, account, roles

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="dispatch_offered",
        kind=kinds.ORDERS,
        to=(account(),),
        priority=kinds.HIGH,
        words=Words(
            "邀请您参加一次服务",
            "派遣 {{ dispatch_id }} 想邀请您，请在 {{ expires_at | moment }} 前答复。"
            "接受与否完全自愿，婉拒没有任何影响。",
            "You are invited to serve",
            "Dispatch {{ dispatch_id }} invites you until {{ expires_at | moment }} (Beijing time). "
            "You are free to decline; it has no consequence.",
        ),
    ),
    Notice(
        event="dispatch_unfilled",
        kind=kinds.ORDERS,
        to=(roles(STREET_STAFF),),
        words=Words(
            "派遣暂无合适人选",
            "派遣 {{ dispatch_id }} 已没有可邀请的人选，请工作人员另行安排。",
            "Nobody is left to ask",
            "Dispatch {{ dispatch_id }} has nobody left to ask; please arrange it otherwise.",
        ),
    ),
    Notice(
        event="census_assigned",
        kind=kinds.RESOURCES,
        to=(account(),),
        words=Words(
            "摸排任务有变化",
            "摸排 {{ census_id }} 中地点 {{ place_code }} 的分工有变化，请查看您的任务。",
            "Your places of a census changed",
            "The assignment of {{ place_code }} in census {{ census_id }} changed; please look at your places.",
        ),
    ),
    Notice(
        event="list_entry_fell_due",
        kind=kinds.RESOURCES,
        to=(roles(STREET_STAFF),),
        priority=kinds.LOW,
        words=Words(
            "清单条目到期待复核",
            "条目 {{ list_entry_id }} 的复核日期 {{ recheck_due_on }} 已到，请安排复核。",
            "An entry of the list must be checked again",
            "Entry {{ list_entry_id }} was due to be checked on {{ recheck_due_on }}.",
        ),
    ),
)
