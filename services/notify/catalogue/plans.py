"""Events of a round's clocks, of needs surveys, of writing together, and of streets entrusted by an award."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import BUREAU, CSO, GRID_WORKER, HUB, RESIDENT, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, account, organisation, roles

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="round_notice_ended",
        kind=kinds.ROUNDS,
        to=(roles(BUREAU, STREET_STAFF),),
        words=Words(
            "公示期满：{{ name }}",
            "{{ name }} 的公示于 {{ ended_at | moment }} 期满。没有未处理的异议即可立项。",
            "Public notice over: {{ name }}",
            "The public notice of {{ name }} ended at {{ ended_at | moment }} (Beijing time). Without an open "
            "objection the awards can be made.",
        ),
    ),
    Notice(
        event="survey_opened",
        kind=kinds.ROUNDS,
        to=(roles(CSO, HUB, GRID_WORKER, RESIDENT),),
        email=False,
        words=Words(
            "需求调研：{{ title }}",
            "《{{ title }}》正在征集需求，请于 {{ closes_at | moment }} 前填写。",
            "Needs survey: {{ title }}",
            "“{{ title }}” asks what is needed. Please answer until {{ closes_at | moment }} (Beijing time).",
        ),
    ),
    Notice(
        event="coauthor_invited",
        kind=kinds.PROPOSALS,
        to=(account(),),
        words=Words(
            "邀请您共同编写方案：{{ title }}",
            "您被邀请共同编写方案《{{ title }}》，可以接受或谢绝。",
            "Invited to write: {{ title }}",
            "You are invited to write “{{ title }}” together. Accept or decline as you like.",
        ),
    ),
    Notice(
        event="entrustment_refused",
        kind=kinds.NOTICES,
        to=(roles(BUREAU), organisation("hub_id")),
        priority=kinds.HIGH,
        words=Words(
            "街道委托未能自动办理",
            "立项已签约，但枢纽组织 {{ hub_id | named }} 未能自动获得街道 {{ street_code }} 的委托："
            "{{ reason_zh }}。请核实后办理。",
            "A street was not entrusted",
            "The agreement is signed, but {{ hub_id | named }} could not be entrusted with street {{ street_code }}: "
            "{{ reason_en }}. Please look into it.",
        ),
    ),
)
