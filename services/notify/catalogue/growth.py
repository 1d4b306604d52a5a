"""Events of assessment, training and the base's rooms."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import BUREAU, SPECIALIST
from services.notify.catalogue.notice import Notice, Words, account, organisation, role_in, roles

_ASSESSMENTS: tuple[Notice, ...] = (
    Notice(
        event="assessor_assigned",
        kind=kinds.ASSESSMENTS,
        to=(account(),),
        words=Words(
            "您被指定为评估员",
            "请登录查看评估对象与标准；如与被评组织有利害关系，请申请回避。",
            "You are an assessor",
            "Sign in for the organisation and the rubric. Stand aside if you have an interest in the organisation.",
        ),
    ),
    Notice(
        event="assessment_published",
        kind=kinds.NOTICES,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "评估结果已公布",
            "{{ organisation_id | named }} 的评估结果已公布："
            "{% if grade %}等级 {{ grade | grade }}{% else %}未达到等级"
            "{% endif %}，得分 {{ score_hundredths | points }}。"
            "如有异议，可在 {{ appeal_until | moment }} 前申诉。",
            "The result of your assessment is public",
            "{{ organisation_id | named }}: {% if grade %}grade "
            "{{ grade | grade }}{% else %}no grade reached{% endif %}, "
            "{{ score_hundredths | points }} points. You may appeal "
            "until {{ appeal_until | moment }} (Beijing time).",
        ),
    ),
    Notice(
        event="assessment_appealed",
        kind=kinds.NOTICES,
        to=(roles(BUREAU, SPECIALIST),),
        words=Words(
            "收到评估申诉",
            "{{ organisation_id | named }} 对评估结果提出申诉，须由两人先后处理。",
            "An assessment is appealed against",
            "{{ organisation_id | named }} appeals against its result. Two people, one after the other, settle it.",
        ),
    ),
    Notice(
        event="assessment_appeal_settled",
        kind=kinds.NOTICES,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "评估申诉已处理",
            "{{ organisation_id | named }} 的评估申诉"
            "{% if outcome == 'upheld' %}成立，结果将相应更正。{% else %}不成立，维持原结果。{% endif %}"
            "理由请登录查看。",
            "Your appeal is settled",
            "The appeal of {{ organisation_id | named }} was "
            "{% if outcome == 'upheld' %}upheld; the result will be corrected.{% else %}dismissed; the result stands."
            "{% endif %} Sign in for the reasons.",
        ),
    ),
    Notice(
        event="assessment_confirmed",
        kind=kinds.ASSESSMENTS,
        to=(organisation(),),
        words=Words(
            "评估结果已生效",
            "{{ organisation_id | named }}："
            "{% if grade %}等级 {{ grade | grade }} 自 "
            "{{ graded_on | day }} 起生效，有效期至 {{ valid_until | day }}。"
            "{% else %}本次评估未达到等级。{% endif %}",
            "Your assessment is final",
            "{{ organisation_id | named }}: {% if grade %}grade "
            "{{ grade | grade }} holds from {{ graded_on | day }} to "
            "{{ valid_until | day }}.{% else %}no grade was reached.{% endif %}",
        ),
    ),
    Notice(
        event="assessment_ended",
        kind=kinds.ASSESSMENTS,
        to=(organisation(),),
        words=Words(
            "评估等级不再有效",
            "{{ organisation_id | named }} 的评估等级"
            "{% if status == 'expired' %}已到期，请申请重新评估。"
            "{% elif status == 'revoked' %}已被撤销，原因请登录查看。"
            "{% else %}已由新的评估结果取代。{% endif %}",
            "Your grade no longer holds",
            "The grade of {{ organisation_id | named }} "
            "{% if status == 'expired' %}has expired; ask to be assessed again."
            "{% elif status == 'revoked' %}was revoked; sign in for the reason."
            "{% else %}gave way to a newer one.{% endif %}",
        ),
    ),
)
_TRAINING: tuple[Notice, ...] = (
    Notice(
        event="training_moved",
        kind=kinds.TRAINING,
        to=(account("account_ids"), organisation("organisation_ids")),
        priority=kinds.HIGH,
        words=Words(
            "培训安排有变：{{ topic }}",
            "您（或贵组织成员）报名的培训“{{ topic }}”现安排在 {{ starts_at | moment }} 至 {{ ends_at | moment }}，"
            "地点：{{ venue }}。不能参加的请取消报名。",
            "A training has changed: {{ topic }}",
            "“{{ topic }}”, in which you or somebody of your "
            "organisation enrolled, is now from {{ starts_at | moment }} "
            "to {{ ends_at | moment }} (Beijing time) at {{ venue }}. Withdraw if you cannot come.",
        ),
    ),
    Notice(
        event="training_cancelled",
        kind=kinds.TRAINING,
        to=(account("account_ids"), organisation("organisation_ids")),
        priority=kinds.HIGH,
        words=Words(
            "培训取消：{{ topic }}",
            "您（或贵组织成员）报名的培训“{{ topic }}”"
            "{% if starts_at %}（原定 {{ starts_at | moment }}）{% endif %}已取消，原因请登录查看。",
            "A training was cancelled: {{ topic }}",
            "“{{ topic }}”{% if starts_at %} of {{ starts_at | moment }} (Beijing time){% endif %}, in which you or "
            "somebody of your organisation enrolled, does not take place. Sign in for the reason.",
        ),
    ),
)
_BOOKINGS: tuple[Notice, ...] = (
    Notice(
        event="booking_made",
        kind=kinds.BOOKINGS,
        to=(account(), organisation(), role_in("approver_role")),
        email=False,
        hold=False,
        words=Words(
            "{% if status == 'requested' %}场地预订待审批{% else %}场地预订成功{% endif %}：{{ space_name }}",
            "{{ space_name }}，{{ starts_at | moment }} 至 {{ ends_at | moment }}"
            "{% if organisation_id %}，使用单位：{{ organisation_id | named }}{% endif %}。"
            "{% if status == 'requested' %}该场地须经审批，请等待结果。{% endif %}",
            "{% if status == 'requested' %}Waiting for approval{% else %}Booked{% endif %}: {{ space_name }}",
            "{{ space_name }}, {{ starts_at | moment }} to {{ ends_at | moment }} (Beijing time)"
            "{% if organisation_id %}, for {{ organisation_id | named }}{% endif %}."
            "{% if status == 'requested' %} It needs approval.{% endif %}",
        ),
    ),
    Notice(
        event="booking_advanced",
        kind=kinds.BOOKINGS,
        to=(account(), organisation()),
        hold=False,
        when=("action", frozenset({"approve", "decline", "cancel", "lapse", "miss"})),
        words=Words(
            "场地预订{% if action == 'approve' %}已批准"
            "{% elif action == 'decline' %}未获批准{% elif action == 'cancel' %}"
            "已取消{% elif action == 'lapse' %}已失效{% else %}未到场{% endif %}：{{ space_name }}",
            "{{ space_name }}，{{ starts_at | moment }} 至 {{ ends_at | moment }}。"
            "{% if action == 'decline' or action == 'cancel' %}原因请登录查看。{% endif %}"
            "{% if action == 'lapse' %}开始前无人审批，请改约其他时间。{% endif %}"
            "{% if action == 'miss' %}逾时未签到，场地已释放；多次未到将暂停预订。{% endif %}",
            "Your booking {% if action == 'approve' %}is approved{% elif action == 'decline' %}was declined"
            "{% elif action == 'cancel' %}was cancelled"
            "{% elif action == 'lapse' %}lapsed{% else %}was missed{% endif %}: "
            "{{ space_name }}",
            "{{ space_name }}, {{ starts_at | moment }} to {{ ends_at | moment }} (Beijing time)."
            "{% if action == 'decline' or action == 'cancel' %} Sign in for the reason.{% endif %}"
            "{% if action == 'lapse' %} Nobody decided before it began; please choose another time.{% endif %}"
            "{% if action == 'miss' %} Nobody checked in, so the "
            "room is free again; who stays away too often may book "
            "no more for a while.{% endif %}",
        ),
    ),
)
NOTICES: tuple[Notice, ...] = (*_ASSESSMENTS, *_TRAINING, *_BOOKINGS)
