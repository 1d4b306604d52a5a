"""Events of resources: what is set aside, promised, given and received."""

from __future__ import annotations

from contracts.notify import kinds
from services.notify.catalogue.notice import Notice, Words, organisation

_BOTH = (organisation("provider_organisation_id"), organisation("recipient_organisation_id"))

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="allocation_reserved",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已预留：{{ quantity }} {{ unit }}",
            "{{ provider_organisation_id | named }} 的资源 {{ quantity }} {{ unit }} 已为 "
            "{{ recipient_organisation_id | named }} 预留，保留至 {{ reserved_until | moment }}。",
            "Reserved: {{ quantity }} {{ unit }}",
            "{{ quantity }} {{ unit }} of {{ provider_organisation_id | named }} are set aside for "
            "{{ recipient_organisation_id | named }} until {{ reserved_until | moment }} (Beijing time).",
        ),
    ),
    Notice(
        event="allocation_confirmed",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已确认：{{ quantity }} {{ unit }}",
            "{{ provider_organisation_id | named }} 确认向 {{ recipient_organisation_id | named }} 提供 "
            "{{ quantity }} {{ unit }}。",
            "Confirmed: {{ quantity }} {{ unit }}",
            "{{ provider_organisation_id | named }} confirmed {{ quantity }} {{ unit }} for "
            "{{ recipient_organisation_id | named }}.",
        ),
    ),
    Notice(
        event="allocation_handed_over",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已交付：{{ quantity }} {{ unit }}",
            "{{ provider_organisation_id | named }} 已交付 {{ quantity }} {{ unit }}，请 "
            "{{ recipient_organisation_id | named }} 确认收到。",
            "Handed over: {{ quantity }} {{ unit }}",
            "{{ provider_organisation_id | named }} handed over {{ quantity }} {{ unit }}; "
            "{{ recipient_organisation_id | named }}, please acknowledge.",
        ),
    ),
    Notice(
        event="allocation_received",
        kind=kinds.RESOURCES,
        to=_BOTH,
        words=Words(
            "资源已签收：{{ quantity }} {{ unit }}",
            "{{ recipient_organisation_id | named }} 已签收 {{ provider_organisation_id | named }} 提供的 "
            "{{ quantity }} {{ unit }}。感谢支持。",
            "Received: {{ quantity }} {{ unit }}",
            "{{ recipient_organisation_id | named }} received {{ quantity }} {{ unit }} from "
            "{{ provider_organisation_id | named }}. Thank you.",
        ),
    ),
)
