"""Events of incubation and of the care for an organisation: who must act next, and what became of it."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import BUREAU, SPECIALIST, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, account, organisation, roles

# Steps of a case an organisation hears of; those with an event of their own have a notice of their own.
_STEPS = frozenset({"ask", "reject", "begin", "suspend", "resume", "review_exit", "graduate", "withdraw", "expel"})
_ADVANCED_ZH = (
    "{% if action == 'ask' %}请补充入孵材料{% elif action == 'reject' %}入孵申请未通过"
    "{% elif action == 'begin' %}孵化已开始{% elif action == 'suspend' %}孵化已暂停"
    "{% elif action == 'resume' %}孵化已恢复{% elif action == 'review_exit' %}已进入出壳评审"
    "{% elif action == 'graduate' %}祝贺出壳{% elif action == 'withdraw' %}已撤回或退出"
    "{% else %}已被清退{% endif %}"
)
_ADVANCED_EN = (
    "{% if action == 'ask' %}More information is asked for{% elif action == 'reject' %}The application was rejected"
    "{% elif action == 'begin' %}Incubation has begun{% elif action == 'suspend' %}Incubation is suspended"
    "{% elif action == 'resume' %}Incubation goes on{% elif action == 'review_exit' %}The exit review has begun"
    "{% elif action == 'graduate' %}Graduated{% elif action == 'withdraw' %}Withdrawn"
    "{% else %}Expelled from incubation{% endif %}"
)
_CASES: tuple[Notice, ...] = (
    Notice(
        event="case_submitted",
        kind=kinds.INCUBATION,
        to=(roles(SPECIALIST),),
        words=Words(
            "新的入孵申请：{{ organisation_id | named }}",
            "{{ organisation_id | named }} 递交了入孵申请，请在 {{ due_on | day }} 前完成评审。",
            "A new application: {{ organisation_id | named }}",
            "{{ organisation_id | named }} applies for incubation. Its review is due by {{ due_on | day }}.",
        ),
    ),
    Notice(
        event="case_advanced",
        kind=kinds.INCUBATION,
        to=(organisation(),),
        priority=kinds.HIGH,
        when=("action", _STEPS),
        words=Words(
            _ADVANCED_ZH,
            "{{ organisation_id | named }}："
            + _ADVANCED_ZH
            + "。{% if action == 'ask' %}请登录查看要求并及时补充，逾期将逐级提醒。"
            "{% else %}原因与后续安排请登录查看。{% endif %}",
            _ADVANCED_EN,
            "{{ organisation_id | named }}: "
            + _ADVANCED_EN
            + ". {% if action == 'ask' %}Sign in to see what is asked for, and answer in time."
            "{% else %}Sign in for the reason and what comes next.{% endif %}",
        ),
    ),
    Notice(
        event="case_extended",
        kind=kinds.INCUBATION,
        to=(organisation(),),
        words=Words(
            "孵化期延长 {{ months }} 个月",
            "{{ organisation_id | named }} 的孵化期延长至 {{ ends_on | day }}（只能延长一次）。",
            "Incubation is extended by {{ months }} month(s)",
            "Incubation of {{ organisation_id | named }} goes on until {{ ends_on | day }}. It is extended once only.",
        ),
    ),
    Notice(
        event="case_objected",
        kind=kinds.NOTICES,
        to=(roles(SPECIALIST, BUREAU),),
        priority=kinds.HIGH,
        words=Words(
            "入孵公示收到异议",
            "一项入孵公示收到异议，处理完毕前不能签约。请登录查看并处理。",
            "An objection against an incubation",
            "Somebody objects during a public notice. No agreement is signed before it is settled: sign in to see it.",
        ),
    ),
)
_TEAMS: tuple[Notice, ...] = (
    Notice(
        event="team_member_assigned",
        kind=kinds.INCUBATION,
        to=(account(), organisation()),
        words=Words(
            "{{ organisation_id | named }}：{{ role | zh }}已到位",
            "{{ organisation_id | named }} 的{{ role | zh }}已指派，联系方式请登录查看服务团队。",
            "{{ organisation_id | named }} has a {{ role }}",
            "The {{ role }} of {{ organisation_id | named }} is assigned. The service team has the details.",
        ),
    ),
    Notice(
        event="team_member_replaced",
        kind=kinds.INCUBATION,
        to=(account("from_account_id"), account("to_account_id"), organisation()),
        words=Words(
            "{{ organisation_id | named }}：{{ role | zh }}已交接",
            "{{ organisation_id | named }} 的{{ role | zh }}已完成交接，自即时起由新任人员服务。",
            "{{ organisation_id | named }}: the {{ role }} was handed over",
            "The {{ role }} of {{ organisation_id | named }} has handed over. The successor serves from now on.",
        ),
    ),
    Notice(
        event="plan_submitted",
        kind=kinds.INCUBATION,
        to=(roles(SPECIALIST),),
        words=Words(
            "成长方案待审核：{{ organisation_id | named }}",
            "{{ organisation_id | named }} 提交了第 {{ number }} 版成长方案，请审核。",
            "A growth plan asks for approval: {{ organisation_id | named }}",
            "{{ organisation_id | named }} submitted version {{ number }} of its growth plan.",
        ),
    ),
)
_VISITS: tuple[Notice, ...] = (
    Notice(
        event="visit_planned",
        kind=kinds.VISITS,
        to=(organisation(),),
        words=Words(
            "督导走访安排在 {{ planned_on | day }}",
            "已为 {{ organisation_id | named }} 安排 {{ planned_on | day }} 的督导走访，请做好准备。",
            "A supervision visit on {{ planned_on | day }}",
            "{{ organisation_id | named }} is visited on {{ planned_on | day }}. Please be prepared.",
        ),
    ),
    Notice(
        event="visit_cancelled",
        kind=kinds.VISITS,
        to=(organisation(),),
        words=Words(
            "督导走访已取消",
            "为 {{ organisation_id | named }} 安排的一次督导走访已取消，原因请登录查看。",
            "A supervision visit is cancelled",
            "A visit planned to {{ organisation_id | named }} does not take place. Sign in for the reason.",
        ),
    ),
    Notice(
        event="finding_rechecked",
        kind=kinds.VISITS,
        to=(organisation(),),
        words=Words(
            "整改复查{% if passed %}合格{% else %}不合格{% endif %}",
            "{% if passed %}一项督导问题经复查合格，已办结。{% else %}一项督导问题复查不合格"
            "（第 {{ failed_rechecks }} 次），请在新的期限前重新整改。{% endif %}",
            "Recheck {% if passed %}passed{% else %}failed{% endif %}",
            "{% if passed %}What a visit found is put right.{% else %}What a visit found is still not put right "
            "(failed rechecks: {{ failed_rechecks }}). Please rectify it by its new deadline.{% endif %}",
        ),
    ),
    Notice(
        event="finding_overdue",
        kind=kinds.VISITS,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "整改已逾期",
            "{{ organisation_id | named }} 有一项督导问题已过整改期限，请立即整改并上传凭证。",
            "A finding is overdue",
            "{{ organisation_id | named }} has a finding past its deadline. Put it right and upload evidence now.",
        ),
    ),
)
_ASKED = (roles(SPECIALIST, STREET_STAFF),)
_OTHERS: tuple[Notice, ...] = (
    Notice(
        event="consultation_asked",
        kind=kinds.CONSULTATIONS,
        to=_ASKED,
        words=Words(
            "新的政策咨询（{{ topic | zh }}）",
            "{% if organisation_id %}{{ organisation_id | named }} {% endif %}提出政策咨询，"
            "请在 {{ due_at | moment }} 前答复。",
            "A new policy question ({{ topic }})",
            "{% if organisation_id %}{{ organisation_id | named }} asks. {% endif %}"
            "An answer is due by {{ due_at | moment }} (Beijing time).",
        ),
    ),
    Notice(
        event="consultation_reopened",
        kind=kinds.CONSULTATIONS,
        to=_ASKED,
        words=Words(
            "政策咨询有追问",
            "{% if organisation_id %}{{ organisation_id | named }} {% endif %}对答复有追问，"
            "请在 {{ due_at | moment }} 前答复。",
            "A policy question was asked again",
            "{% if organisation_id %}{{ organisation_id | named }} asks again. {% endif %}"
            "An answer is due by {{ due_at | moment }} (Beijing time).",
        ),
    ),
    Notice(
        event="designation_granted",
        kind=kinds.ASSESSMENTS,
        to=(organisation(),),
        words=Words(
            "获得“{{ kind | zh }}”称号",
            "祝贺 {{ organisation_id | named }} 获得“{{ kind | zh }}”称号，自 {{ valid_from | day }} 起"
            "{% if valid_until %}至 {{ valid_until | day }}{% endif %}有效，已展示在品牌主页。",
            "A designation was granted",
            "{{ organisation_id | named }} is designated ({{ kind }}) from {{ valid_from | day }}"
            "{% if valid_until %} to {{ valid_until | day }}{% endif %}; its brand page shows it.",
        ),
    ),
)
NOTICES: tuple[Notice, ...] = (*_CASES, *_TEAMS, *_VISITS, *_OTHERS)
