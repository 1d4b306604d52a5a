"""The way of a service order, told to whom it concerns: who asked, who does it, staff of the street."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import CSO, HUB, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, account, organisation, roles

_ASKERS = account("asker_account_ids")
_DOER = (organisation(), account())

_WAY: tuple[Notice, ...] = (
    Notice(
        event="order_opened",
        kind=kinds.ORDERS,
        to=(roles(CSO, HUB),),
        email=False,
        words=Words(
            "有服务订单可以抢单",
            "服务订单 {{ order_id }} 开放抢单，截至 {{ expires_at | moment }}；先接先得，完全自愿。",
            "A service order is open to claims",
            "Order {{ order_id }} is open until {{ expires_at | moment }} (Beijing time): the first to claim has it.",
        ),
    ),
    Notice(
        event="order_accepted",
        kind=kinds.ORDERS,
        to=(_ASKERS,),
        email=False,
        words=Words(
            "服务订单已有人接单",
            "服务订单 {{ order_id }} 已有人接单，接下来会与您约定时间。",
            "Somebody accepted the service order",
            "Order {{ order_id }} was accepted. You will be asked for a time next.",
        ),
    ),
    Notice(
        event="order_scheduled",
        kind=kinds.ORDERS,
        to=(_ASKERS, *_DOER),
        when=("moved", frozenset({False})),
        words=Words(
            "服务时间已约定",
            "服务订单 {{ order_id }} 约定在 {{ starts_at | moment }} 至 {{ ends_at | moment }}。",
            "The appointment is made",
            "Order {{ order_id }} is from {{ starts_at | moment }} to {{ ends_at | moment }} (Beijing time).",
        ),
    ),
    Notice(
        event="order_move_agreed",
        kind=kinds.ORDERS,
        to=_DOER,
        words=Words(
            "求助人已同意改约",
            "服务订单 {{ order_id }} 改约至 {{ starts_at | moment }}，求助人已同意。",
            "The moved appointment is agreed",
            "Order {{ order_id }} is at {{ starts_at | moment }} (Beijing time); who asked for it agrees.",
        ),
    ),
    Notice(
        event="order_given_back",
        kind=kinds.ORDERS,
        to=(_ASKERS,),
        words=Words(
            "服务订单换人服务",
            "服务订单 {{ order_id }} 的接单方来不了，正在另找服务方；此前约定的时间作废。",
            "Somebody else is being found",
            "Who had accepted order {{ order_id }} cannot come. Somebody else is being asked; the appointment is void.",
        ),
    ),
    Notice(
        event="order_escalated",
        kind=kinds.ORDERS,
        to=(roles(STREET_STAFF),),
        priority=kinds.HIGH,
        words=Words(
            "服务订单无人接单",
            "服务订单 {{ order_id }} 询问过的服务方都没有接单，请另行安排。",
            "Nobody has accepted a service order",
            "Nobody who was asked has accepted order {{ order_id }}. Please decide who is asked next.",
        ),
    ),
    Notice(
        event="order_proxy_named",
        kind=kinds.ORDERS,
        to=(account(),),
        words=Words(
            "请您代为确认服务",
            "服务订单 {{ order_id }} 的求助人请您在服务完成后代为确认。",
            "You may confirm a service order",
            "Who asked for order {{ order_id }} named you to confirm it once it is done.",
        ),
    ),
    Notice(
        event="order_cancelled",
        kind=kinds.ORDERS,
        to=(_ASKERS, *_DOER),
        priority=kinds.HIGH,
        words=Words(
            "服务订单已取消",
            "服务订单 {{ order_id }} 已取消，不必再上门。",
            "A service order was called off",
            "Order {{ order_id }} was called off. Nobody needs to come.",
        ),
    ),
    Notice(
        event="order_no_show_reported",
        kind=kinds.ORDERS,
        to=(_ASKERS, *_DOER, roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "服务订单有人爽约",
            "服务订单 {{ order_id }} 登记为爽约（"
            "{% if by == 'provider' %}服务方未到{% elif by == 'resident' %}求助人不在"
            "{% else %}到时无人签到{% endif %}），"
            "可重新预约或另派；如与事实不符，可以提出异议。",
            "Somebody did not come",
            "Order {{ order_id }}: "
            "{% if by == 'provider' %}the helper did not come{% elif by == 'resident' %}who asked was not there"
            "{% else %}nobody checked in{% endif %}. It may be scheduled anew, or disputed.",
        ),
    ),
    Notice(
        event="order_disputed",
        kind=kinds.ORDERS,
        to=(_ASKERS, *_DOER, roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "服务订单有异议",
            "服务订单 {{ order_id }} 有人提出异议，街道将核实处理。",
            "A service order is disputed",
            "Order {{ order_id }} is disputed. The street looks into it.",
        ),
    ),
    Notice(
        event="order_resolved",
        kind=kinds.ORDERS,
        to=(_ASKERS, *_DOER),
        words=Words(
            "异议处理完毕",
            "服务订单 {{ order_id }} 的异议已处理，计入 {{ minutes }} 分钟{{ '；将重新安排服务。' if redo else '。' }}",
            "The dispute is settled",
            "The dispute of order {{ order_id }} is settled; {{ minutes }} minutes count."
            "{{ ' The service will be done again.' if redo else '' }}",
        ),
    ),
)

_CLOCKS: tuple[Notice, ...] = (
    Notice(
        event="order_overdue",
        kind=kinds.ORDERS,
        to=(roles(STREET_STAFF),),
        priority=kinds.HIGH,
        words=Words(
            "服务订单超过时限",
            "服务订单 {{ order_id }} 应在 {{ due_at | moment }} 前办理（第 {{ reminders }} 次提醒），请尽快处理。",
            "A service order is overdue",
            "Order {{ order_id }} was due by {{ due_at | moment }} (Beijing time); reminder {{ reminders }}.",
        ),
    ),
    Notice(
        event="order_offer_withdrawn",
        kind=kinds.ORDERS,
        to=(organisation("organisation_ids"),),
        words=Words(
            "服务订单无需再答复",
            "服务订单 {{ order_id }} 已由其他组织接单或已取消，无需再答复。谢谢！",
            "No answer is needed any more",
            "Order {{ order_id }} was taken by somebody else or called off. No answer is needed. Thank you.",
        ),
    ),
    Notice(
        event="order_appointment_moved",
        kind=kinds.ORDERS,
        to=(account("requester_account_id"),),
        priority=kinds.HIGH,
        words=Words(
            "服务时间有变，请确认",
            "服务订单 {{ order_id }} 改约为 {{ starts_at | moment }} 至 {{ ends_at | moment }}，请确认是否同意。",
            "The appointment has moved: please agree",
            "Order {{ order_id }} is now from {{ starts_at | moment }} to {{ ends_at | moment }} (Beijing time). "
            "Please say whether you agree.",
        ),
    ),
    Notice(
        event="order_rated_low",
        kind=kinds.ORDERS,
        to=(roles(STREET_STAFF),),
        words=Words(
            "服务评价较低，请回访",
            "服务订单 {{ order_id }} 的评价为 {{ stars }} 星，请回访了解情况。",
            "A low rating to follow up",
            "Order {{ order_id }} was rated with {{ stars }} stars. Please ask what went wrong.",
        ),
    ),
)

NOTICES: tuple[Notice, ...] = (*_WAY, *_CLOCKS)
