"""Events of activities: a seat from the waiting list, new times, a cancellation. Told to whoever signed up."""

from __future__ import annotations

from contracts.notify import kinds
from services.notify.catalogue.notice import Notice, Words, account

_ALL = (account("account_ids"),)

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="seat_given",
        kind=kinds.PROJECTS,
        to=(account(),),
        priority=kinds.HIGH,
        words=Words(
            "候补成功：{{ title }}",
            "您候补的活动“{{ title }}”已有名额"
            "{% if starts_at %}，时间：{{ starts_at | moment }}{% if ends_at %} 至 {{ ends_at | moment }}{% endif %}"
            "{% endif %}。不能参加的请取消报名，把名额让给他人。",
            "You have a seat: {{ title }}",
            "A seat became free in “{{ title }}”, for which you waited"
            "{% if starts_at %}: {{ starts_at | moment }}{% if ends_at %} to {{ ends_at | moment }}{% endif %} "
            "(Beijing time){% endif %}. Withdraw if you cannot come, so that somebody else can.",
        ),
    ),
    Notice(
        event="activity_postponed",
        kind=kinds.PROJECTS,
        to=_ALL,
        priority=kinds.HIGH,
        words=Words(
            "活动延期：{{ title }}",
            "您报名的活动“{{ title }}”（原定 {{ old_starts_at | moment }}）延期，时间另行通知，您的报名仍然有效。",
            "Put off: {{ title }}",
            "“{{ title }}”, planned for {{ old_starts_at | moment }} (Beijing time), was put off. You stay signed up "
            "and will be told the new time.",
        ),
    ),
    Notice(
        event="activity_rescheduled",
        kind=kinds.PROJECTS,
        to=_ALL,
        priority=kinds.HIGH,
        words=Words(
            "活动改期：{{ title }}",
            "您报名的活动“{{ title }}”由 {{ old_starts_at | moment }} 改为 {{ starts_at | moment }} 至 "
            "{{ ends_at | moment }}。不能参加的请取消报名。",
            "New time: {{ title }}",
            "“{{ title }}” moved from {{ old_starts_at | moment }} to {{ starts_at | moment }} until "
            "{{ ends_at | moment }} (Beijing time). Withdraw if you cannot come.",
        ),
    ),
    Notice(
        event="activity_cancelled",
        kind=kinds.PROJECTS,
        to=_ALL,
        priority=kinds.HIGH,
        words=Words(
            "活动取消：{{ title }}",
            "您报名的活动“{{ title }}”{% if starts_at %}（原定 {{ starts_at | moment }}）{% endif %}已取消，敬请谅解。",
            "Called off: {{ title }}",
            "“{{ title }}”{% if starts_at %}, planned for {{ starts_at | moment }} (Beijing time),{% endif %} was "
            "called off. We are sorry.",
        ),
    ),
)
