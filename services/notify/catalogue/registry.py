"""Events of registry: accounts, organisations, incubation, visits, consultations."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import ADMINISTRATOR, BUREAU, SECURITY, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, account, organisation, role_in, roles

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="account_opened",
        kind=kinds.ACCOUNTS,
        to=(account(),),
        priority=kinds.LOW,
        email=False,
        words=Words(
            "欢迎使用足迹",
            "您的账号已开通。请登录后核对所属组织与街道，并在“接收设置”中选择想收到的消息。",
            "Welcome to Footprint",
            "Your account is open. Sign in, check your organisation and streets, and choose what you want to hear of.",
        ),
    ),
    Notice(
        event="account_moved",
        kind=kinds.ACCOUNTS,
        to=(account(),),
        email=False,
        words=Words(
            "{% if ground == 'role' %}您的账号角色已调整{% else %}您所代表的组织已调整{% endif %}",
            "{% if ground == 'role' %}您的账号角色或所属范围已由管理人员调整，原登录已结束。"
            "{% else %}因组织合并（或撤销合并），您的账号现在代表 {{ organisation_id | named }}。{% endif %}"
            "请重新登录后核对。",
            "{% if ground == 'role' %}Your account has another role{% else %}Your account acts for another organisation"
            "{% endif %}",
            "{% if ground == 'role' %}The role or the scope of your account was changed, and your sessions have ended."
            "{% else %}Organisations were merged, or a merge was undone: you act for {{ organisation_id | named }} now."
            "{% endif %} Sign in again.",
        ),
    ),
    Notice(
        event="account_proposed",
        kind=kinds.ACCOUNTS,
        to=(roles(BUREAU, SECURITY),),
        priority=kinds.HIGH,
        words=Words(
            "有{% if role == 'auditor' %}审计员{% else %}安全管理员{% endif %}账号待复核",
            "系统管理员新开了一个账号，须由另一人复核后才能登录。请核对本人身份与授权后复核。",
            "An account waits for a second pair of eyes",
            "An administrator opened an account of role {{ role }}. It signs in once another person has confirmed it.",
        ),
    ),
    Notice(
        event="erasure_requested",
        kind=kinds.ACCOUNTS,
        to=(roles(ADMINISTRATOR),),
        priority=kinds.HIGH,
        words=Words(
            "有人申请删除个人信息",
            "账号 {{ account_id }} 的本人申请删除其个人信息，请依法及时办理。"
            "待办名单：账号列表中筛选“已申请删除”（erasure_requested）。",
            "Somebody asks for the erasure of their data",
            "The owner of account {{ account_id }} asks for the erasure of their personal data. Please see to it in "
            "time. All who wait: the list of accounts, filtered by erasure_requested.",
        ),
    ),
    Notice(
        event="account_verified",
        kind=kinds.ACCOUNTS,
        to=(account(),),
        email=False,
        words=Words(
            "居住地已核实",
            "您在社区 {{ community_code }} 的居住信息已核实，可以参加该社区的居民投票与服务点单。",
            "Your place of residence is verified",
            "You are verified as a resident of community {{ community_code }}: you may vote and ask for help there.",
        ),
    ),
    Notice(
        event="organisation_registered",
        kind=kinds.ACCOUNTS,
        to=(roles(STREET_STAFF), organisation("hub_id")),
        priority=kinds.LOW,
        email=False,
        hold=False,
        words=Words(
            "新组织登记：{{ name }}",
            "{{ name }} 已录入平台。{% if hub_id %}联系枢纽：{{ hub_id | named }}。{% endif %}",
            "New organisation: {{ name }}",
            "{{ name }} is on the platform now.{% if hub_id %} Its hub: {{ hub_id | named }}.{% endif %}",
        ),
    ),
    Notice(
        event="organisation_changed",
        kind=kinds.ACCOUNTS,
        to=(organisation(),),
        priority=kinds.LOW,
        email=False,
        hold=False,
        words=Words(
            "组织信息已变更：{{ name }}",
            "变更项：{{ changed | zh | join('、') }}。{% if in_breach %}目前有失信记录，可能影响申报资格。{% endif %}",
            "Your organisation's record changed: {{ name }}",
            "Changed: {{ changed | join(', ') }}."
            "{% if in_breach %} A breach is on record and may bar you from rounds.{% endif %}",
        ),
    ),
    Notice(
        event="seed_group_filed",
        kind=kinds.INCUBATION,
        to=(roles(STREET_STAFF), organisation("hub_id"), organisation()),
        words=Words(
            "种子小组已备案",
            "{{ organisation_id | named }} 由种子小组成长而来，已完成备案，成为社区社会组织。",
            "A seed group was filed",
            "Seed group {{ seed_group_id }} was filed and is now the organisation {{ organisation_id | named }}.",
        ),
    ),
    Notice(
        event="case_notice_published",
        kind=kinds.NOTICES,
        to=(organisation(),),
        words=Words(
            "入孵评审通过，正在公示",
            "{{ organisation_id | named }} 的入孵申请已通过评审，公示至 {{ notice_until | moment }}。"
            "公示期内可提出异议。",
            "Review passed, now on public notice",
            "The incubation of {{ organisation_id | named }} passed review; public notice runs until "
            "{{ notice_until | moment }} (Beijing time). Objections are possible until then.",
        ),
    ),
    Notice(
        event="case_agreed",
        kind=kinds.INCUBATION,
        to=(organisation(), account("specialist_account_id"), account("steward_account_id")),
        priority=kinds.HIGH,
        words=Words(
            "入孵协议已签订",
            "{{ organisation_id | named }} 的入孵协议已签订，专员与管家已到位，孵化期至 {{ ends_on | day }}。",
            "Incubation agreement signed",
            "The agreement of {{ organisation_id | named }} is signed; its specialist and steward are assigned. "
            "Incubation ends on {{ ends_on | day }}.",
        ),
    ),
    Notice(
        event="plan_reviewed",
        kind=kinds.INCUBATION,
        to=(organisation(),),
        words=Words(
            "成长方案{% if outcome == 'approved' %}已通过{% else %}需修改{% endif %}",
            "第 {{ number }} 版成长方案{% if outcome == 'approved' %}已通过审核。"
            "{% else %}被退回，请查看批注后修改再提交。{% endif %}",
            "Growth plan {% if outcome == 'approved' %}approved{% else %}returned{% endif %}",
            "Version {{ number }} of the growth plan was {% if outcome == 'approved' %}approved."
            "{% else %}returned: read the comments, revise and submit it again.{% endif %}",
        ),
    ),
    Notice(
        event="visit_held",
        kind=kinds.VISITS,
        to=(organisation(),),
        words=Words(
            "督导记录已生成",
            "{{ held_on | day }} 的督导已记录，发现问题 {{ findings }} 项。",
            "Supervision visit recorded",
            "The visit of {{ held_on | day }} is recorded, with {{ findings }} finding(s).",
        ),
    ),
    Notice(
        event="finding_recorded",
        kind=kinds.VISITS,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "请整改：督导发现问题",
            "督导发现一项需整改的问题（程度：{{ severity | zh }}），请于 {{ due_on | day }} 前完成整改并上传凭证。",
            "Please rectify a finding",
            "A visit found something to put right (severity: {{ severity }}). Please do so by {{ due_on | day }} "
            "and upload evidence.",
        ),
    ),
    Notice(
        event="consultation_answered",
        kind=kinds.CONSULTATIONS,
        to=(account(), organisation()),
        words=Words(
            "政策咨询已答复",
            "您提出的政策咨询已有答复，并附政策依据，请登录查看。",
            "Your policy question was answered",
            "Your policy question has an answer that cites its source. Sign in to read it.",
        ),
    ),
    Notice(
        event="deadline_missed",
        kind=kinds.INCUBATION,
        to=(role_in("escalated_to"),),
        priority=kinds.HIGH,
        words=Words(
            "逾期提醒（第 {{ level }} 级）",
            "{% if organisation_id %}{{ organisation_id | named }}：{% endif %}"
            "{{ kind | zh }}应于 {{ due_on | day }} 前办结，现已逾期，请督促处理。",
            "Overdue, level {{ level }}",
            "{% if organisation_id %}{{ organisation_id | named }}: {% endif %}a step ({{ kind }}) was due on "
            "{{ due_on | day }} and is still owed. Please see to it.",
        ),
    ),
)
