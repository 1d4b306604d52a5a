"""The rule table: who is told of which event, in the wording shipped.

A district may change the words, not the rules.
"""

from services.notify.catalogue import (
    activities,
    care,
    delivery,
    flags,
    growth,
    lists,
    money,
    orders,
    plans,
    projects,
    registry,
    resources,
)
from services.notify.catalogue.notice import Notice

NOTICES: dict[str, Notice] = {
    notice.event: notice
    for notice in (
        *registry.NOTICES,
        *growth.NOTICES,
        *care.NOTICES,
        *projects.NOTICES,
        *plans.NOTICES,
        *money.NOTICES,
        *flags.NOTICES,
        *delivery.NOTICES,
        *resources.NOTICES,
        *lists.NOTICES,
        *orders.NOTICES,
        *activities.NOTICES,
    )
}
