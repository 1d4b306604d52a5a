"""What each event is called in a timeline, in Chinese and English: texts for people, beside the catalogue of events.

The Chinese text stands here, by owner; the English one is the first sentence of the event's own summary.
"""

from __future__ import annotations

import re

from chassis.events import EventType
from contracts.stories import (
    delivery,
    notify,
    projects,
    projects_activities,
    projects_flags,
    projects_orders,
    registry,
    registry_growth,
    resources,
    resources_bulk,
    resources_lists,
    resources_live,
    resources_needs,
    resources_policy,
    resources_stock,
    resources_vocabulary,
)

_OWNERS = (
    delivery,
    notify,
    projects,
    projects_activities,
    projects_flags,
    projects_orders,
    registry,
    registry_growth,
    resources,
    resources_bulk,
    resources_lists,
    resources_live,
    resources_needs,
    resources_policy,
    resources_stock,
    resources_vocabulary,
)
CHINESE: dict[str, str] = {name: text for owner in _OWNERS for name, text in owner.TEXTS.items()}
# Where the summary explains a field or leans on the name of the event.
ENGLISH = {
    "order_declined": "Declined",
    "password_changed": "A password was changed",
    "pitch_advanced": "The pitch took a step",
    "proposal_advanced": "The proposal took a step",
    "proposal_changed": "The proposal has a new version",
    "award_declined": "The award was declined before its agreement",
    "proposal_declined": "The proposal was not awarded",
    "proposal_returned": "The proposal was sent back for change",
    "proposal_screened_in": "The proposal is eligible",
    "proposal_screened_out": "The proposal is not eligible",
    "proposal_submitted": "The proposal was submitted",
    "roadshow_advanced": "The roadshow took a step",
    "round_advanced": "The round took a step",
}


def chinese(name: str) -> str:
    """What happened; an event without a text of its own is shown by its name."""
    return CHINESE.get(name, name)


def english(kind: EventType | None, name: str) -> str:
    """The first sentence of its summary, without markup and Chinese words."""
    summary = " ".join((kind.summary if kind is not None else "").split())
    plain = re.sub(r"\s*\((?:``.*?``|[\u4e00-\u9fff]+)\)|[\u4e00-\u9fff]+:?\s*", "", summary)
    if name in ENGLISH:
        return ENGLISH[name]
    first = re.split(r"(?<=[\w)`]{2})[.;]\s|: ``", plain)[0].replace("``", "").rstrip(".:; ")
    return first[:1].upper() + first[1:] or name.replace("_", " ")
