"""Events of resources: what is set aside, promised, given and received."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, account, organisation, roles

_BOTH = (
    organisation("provider_organisation_id"),
    organisation("recipient_organisation_id"),
    account("recipient_account_id"),
)
_ZH = "{{ recipient_organisation_id | named | default('居民', true) }}"
_EN = "{{ recipient_organisation_id | named | default('a resident', true) }}"

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="allocation_reserved",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已预留：{{ quantity }} {{ unit }}",
            "{{ provider_organisation_id | named }} 的资源 {{ quantity }} {{ unit }} 已为 "
            f"{_ZH} 预留，保留至 {{{{ reserved_until | moment }}}}。",
            "Reserved: {{ quantity }} {{ unit }}",
            "{{ quantity }} {{ unit }} of {{ provider_organisation_id | named }} are set aside for "
            f"{_EN} until {{{{ reserved_until | moment }}}} (Beijing time).",
        ),
    ),
    Notice(
        event="allocation_confirmed",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已确认：{{ quantity }} {{ unit }}",
            f"{{{{ provider_organisation_id | named }}}} 确认向 {_ZH} 提供 {{{{ quantity }}}} {{{{ unit }}}}。",
            "Confirmed: {{ quantity }} {{ unit }}",
            f"{{{{ provider_organisation_id | named }}}} confirmed {{{{ quantity }}}} {{{{ unit }}}} for {_EN}.",
        ),
    ),
    Notice(
        event="allocation_handed_over",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已交付：{{ quantity }} {{ unit }}",
            f"{{{{ provider_organisation_id | named }}}} 已交付 {{{{ quantity }}}} {{{{ unit }}}}，请 {_ZH} 确认收到。",
            "Handed over: {{ quantity }} {{ unit }}",
            "{{ provider_organisation_id | named }} handed over {{ quantity }} {{ unit }}; "
            f"{_EN}, please acknowledge.",
        ),
    ),
    Notice(
        event="allocation_received",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已签收：{{ quantity }} {{ unit }}",
            f"{_ZH} 已签收 {{{{ provider_organisation_id | named }}}} 提供的 "
            "{{ quantity }} {{ unit }}。感谢支持。",
            "Received: {{ quantity }} {{ unit }}",
            f"{_EN} received {{{{ quantity }}}} {{{{ unit }}}} from "
            "{{ provider_organisation_id | named }}. Thank you.",
        ),
    ),
    Notice(
        event="need_confirmation_due",
        kind=kinds.RESOURCES,
        to=(organisation(), account("requester_account_id"), organisation("handler_organisation_id")),
        priority=kinds.HIGH,
        words=Words(
            "请确认需求是否仍有效：{{ quantity }} {{ unit }}",
            "您登记或承接的需求 {{ need_id }}（{{ quantity }} {{ unit }}，已收到 {{ received }}）已久未确认，"
            "请于 {{ confirm_by | day }} 前确认；逾期未确认将关闭。",
            "Does your need of {{ quantity }} {{ unit }} still stand?",
            "For long nobody has said that the need {{ need_id }} ({{ quantity }} {{ unit }}, {{ received }} received)"
            " still stands. Please confirm it by {{ confirm_by | day }}; else it is closed.",
        ),
    ),
    Notice(
        event="need_requested",
        kind=kinds.RESOURCES,
        to=(roles(STREET_STAFF),),
        words=Words(
            "居民提出需求，请承接",
            "居民提出需求 {{ need_id }}（{{ quantity }} {{ unit }}），请承接并制单。",
            "A resident asks for something",
            "A resident asks for {{ quantity }} {{ unit }} (need {{ need_id }}). Please take it on and shape it.",
        ),
    ),
    Notice(
        event="need_taken_on",
        kind=kinds.RESOURCES,
        to=(account("requester_account_id"),),
        words=Words(
            "您的需求已有人承接",
            "您的需求 {{ need_id }} 已由 {{ handler_organisation_id | named | default('街道孵化中心', true) }} 承接。",
            "Somebody takes care of your need",
            "Your need {{ need_id }} is handled by "
            "{{ handler_organisation_id | named | default('the street centre', true) }}.",
        ),
    ),
    Notice(
        event="need_closed_unmet",
        kind=kinds.RESOURCES,
        to=(account("requester_account_id"),),
        words=Words(
            "您的需求未能全部满足，已关闭",
            "很抱歉，您的需求 {{ need_id }}（{{ quantity }} {{ unit }}，已收到 {{ received }}）已关闭。"
            "仍有需要时请重新提出。",
            "Your need was closed",
            "We are sorry: your need {{ need_id }} ({{ quantity }} {{ unit }}, {{ received }} received) was closed. "
            "If you still need it, please ask again.",
        ),
    ),
)
