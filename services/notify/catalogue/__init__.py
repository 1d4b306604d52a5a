"""The rule table: who is told of which event, in the wording shipped.

A district may change the words, not the rules.
"""

from services.notify.catalogue import projects, registry, resources
from services.notify.catalogue.notice import Notice

NOTICES: dict[str, Notice] = {
    notice.event: notice for notice in (*registry.NOTICES, *projects.NOTICES, *resources.NOTICES)
}
