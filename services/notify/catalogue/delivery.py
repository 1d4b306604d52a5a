"""Events of periodic reports, evaluations and community projects."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import CSO, RESIDENT, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, organisation, roles

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="report_reminded",
        kind=kinds.PROJECTS,
        to=(organisation(),),
        words=Words(
            "第 {{ number }} 期报告将于 {{ due_on | day }} 到期",
            "项目第 {{ number }} 期报告请于 {{ due_on | day }} 前提交；平台记录的数据已预填。",
            "Report {{ number }} is due on {{ due_on | day }}",
            "Please hand in report {{ number }} by {{ due_on | day }}. The platform's figures are filled in already.",
        ),
    ),
    Notice(
        event="report_overdue",
        kind=kinds.PROJECTS,
        to=(organisation(), roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "第 {{ number }} 期报告已逾期",
            "{{ organisation_id | named }} 的第 {{ number }} 期项目报告应于 {{ due_on | day }} 提交，至今未交。",
            "Report {{ number }} is overdue",
            "Report {{ number }} of {{ organisation_id | named }} was due on {{ due_on | day }} and is not in.",
        ),
    ),
    Notice(
        event="periodic_report_returned",
        kind=kinds.PROJECTS,
        to=(organisation(),),
        words=Words(
            "第 {{ number }} 期报告需要修改",
            "您提交的第 {{ number }} 期报告被退回，请按意见修改后重新提交。",
            "Report {{ number }} needs changes",
            "Report {{ number }} was sent back. Please correct it and hand it in again.",
        ),
    ),
    Notice(
        event="evaluation_announced",
        kind=kinds.PROJECTS,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "评估结果：{{ score }} 分，{{ grade }} 级",
            "项目评估得分 {{ score }}，等级 {{ grade }}。如有异议，请于 {{ appeal_until_on | day }} 前申诉。",
            "Evaluation: {{ score }} points, grade {{ grade }}",
            "It has {{ score }} points and grade {{ grade }}. You may appeal until {{ appeal_until_on | day }}.",
        ),
    ),
    Notice(
        event="evaluation_concluded",
        kind=kinds.PROJECTS,
        to=(organisation(), roles(STREET_STAFF)),
        words=Words(
            "评估结果生效：{{ grade }} 级",
            "{{ organisation_id | named }} 的项目评估结果生效：{{ score }} 分，等级 {{ grade }}。",
            "Evaluation final: grade {{ grade }}",
            "The evaluation of {{ organisation_id | named }} is final: {{ score }} points, grade {{ grade }}.",
        ),
    ),
    Notice(
        event="project_change_decided",
        kind=kinds.PROJECTS,
        to=(organisation(),),
        words=Words(
            "项目变更已有决定",
            "您申请的项目变更{% if approved %}已批准，计划第 {{ plan_number }} 版生效{% else %}未获批准{% endif %}。",
            "Your change was decided",
            "The change of your plan was {% if approved %}approved: version {{ plan_number }} holds{% else %}refused"
            "{% endif %}.",
        ),
    ),
    Notice(
        event="termination_proposed",
        kind=kinds.PROJECTS,
        to=(organisation(), roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "有人提出提前终止项目",
            "{{ organisation_id | named }} 的项目被提出提前终止，请另一方于 {{ hear_until_on | day }} 前答复。",
            "An early end was proposed",
            "An early end of a project of {{ organisation_id | named }} was proposed. Please answer by "
            "{{ hear_until_on | day }}.",
        ),
    ),
    Notice(
        event="termination_settled",
        kind=kinds.PROJECTS,
        to=(organisation(), roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "项目已提前终止并结算",
            "{{ organisation_id | named }} 的项目已提前终止，应退回 {{ recover_fen | yuan }} 元。",
            "A project ended early",
            "A project of {{ organisation_id | named }} ended early; {{ recover_fen | yuan }} yuan must come back.",
        ),
    ),
    Notice(
        event="community_project_published",
        kind=kinds.PROJECTS,
        to=(roles(RESIDENT, CSO),),
        email=False,
        words=Words(
            "社区项目：{{ title }}",
            "社区项目《{{ title }}》上线，{{ starts_on | day }} 至 {{ ends_on | day }}，欢迎报名。",
            "Community project: {{ title }}",
            "“{{ title }}” is online, from {{ starts_on | day }} to {{ ends_on | day }}. You may sign up.",
        ),
    ),
    Notice(
        event="community_project_cancelled",
        kind=kinds.PROJECTS,
        to=(roles(RESIDENT, STREET_STAFF),),
        email=False,
        words=Words(
            "社区项目取消：{{ title }}",
            "社区项目《{{ title }}》已取消，由此给您带来不便敬请谅解。",
            "Called off: {{ title }}",
            "The community project “{{ title }}” was called off. We are sorry.",
        ),
    ),
)
