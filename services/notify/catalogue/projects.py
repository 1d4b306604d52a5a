"""Events of projects: rounds, proposals, awards, money, delivery, service orders."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import CSO, HUB, RESIDENT, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, account, organisation, roles

_PROPOSAL_OWNER = (organisation(),)

_ROUNDS: tuple[Notice, ...] = (
    Notice(
        event="round_published",
        kind=kinds.ROUNDS,
        to=(roles(CSO, HUB, STREET_STAFF),),
        words=Words(
            "创投公告：{{ name }}",
            "{{ name }} 已发布，资金池 {{ budget_fen | yuan }} 元，申报时间 {{ opens_at | moment }} 至 "
            "{{ closes_at | moment }}。",
            "Call for proposals: {{ name }}",
            "{{ name }} is public: a pool of {{ budget_fen | yuan }} yuan, open from {{ opens_at | moment }} to "
            "{{ closes_at | moment }} (Beijing time).",
        ),
    ),
    Notice(
        event="round_amended",
        kind=kinds.NOTICES,
        to=(roles(CSO, HUB, STREET_STAFF),),
        words=Words(
            "创投规则变更：{{ name }}",
            "{{ name }} 的规则已变更：{{ (changed_zh or changed) | join('、') }}。"
            "{% if reason %}原因：{{ reason }}。{% endif %}请按新规则核对您的方案。",
            "Rules amended: {{ name }}",
            "The rules of {{ name }} were amended: {{ (changed_en or changed) | join(', ') }}."
            "{% if reason %} Reason: {{ reason }}.{% endif %} Please check your proposal.",
        ),
    ),
    Notice(
        event="round_cancelled",
        kind=kinds.NOTICES,
        to=(roles(CSO, HUB, STREET_STAFF),),
        priority=kinds.HIGH,
        words=Words(
            "创投取消：{{ name }}",
            "{{ name }} 已取消。原因：{{ reason }}",
            "Round cancelled: {{ name }}",
            "{{ name }} was cancelled. Reason: {{ reason }}",
        ),
    ),
    Notice(
        event="vote_opened",
        kind=kinds.ROUNDS,
        to=(roles(RESIDENT, CSO, HUB, STREET_STAFF),),
        email=False,
        words=Words(
            "居民投票开始：{{ name }}",
            "{{ name }} 的居民投票已开始，共 {{ proposal_ids | length }} 个方案，截止 {{ closes_at | moment }}。"
            "每人一票，投票保密。",
            "Residents may vote: {{ name }}",
            "Voting on {{ proposal_ids | length }} proposals of {{ name }} is open until {{ closes_at | moment }} "
            "(Beijing time). One secret ballot each.",
        ),
    ),
    Notice(
        event="vote_cancelled",
        kind=kinds.ROUNDS,
        to=(roles(RESIDENT, CSO, HUB, STREET_STAFF),),
        email=False,
        words=Words(
            "居民投票作废：{{ name }}",
            "{{ name }} 的居民投票已作废，已投选票不再计入。原因：{{ reason }} 如重新投票将另行通知。",
            "Vote void: {{ name }}",
            "The vote of {{ name }} is void and its ballots do not count. Reason: {{ reason }} "
            "A new vote would be announced.",
        ),
    ),
    Notice(
        event="notice_published",
        kind=kinds.NOTICES,
        to=(organisation("organisation_ids"), roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "结果公示：{{ name }}",
            "{{ name }} 评审结果公示至 {{ ends_at | moment }}：拟资助 {{ recommended | length }} 项，候补 "
            "{{ reserve | length }} 项。公示期内可提出异议。",
            "Result on public notice: {{ name }}",
            "The result of {{ name }} is on public notice until {{ ends_at | moment }} (Beijing time): "
            "{{ recommended | length }} recommended, {{ reserve | length }} in reserve. Objections are possible.",
        ),
    ),
    Notice(
        event="round_awarded",
        kind=kinds.ROUNDS,
        to=(roles(CSO, HUB, STREET_STAFF),),
        email=False,
        words=Words(
            "创投结果：{{ name }}",
            "{{ name }} 资助 {{ awarded | length }} 项，共 {{ total_fen | yuan }} 元。",
            "Awards made: {{ name }}",
            "{{ name }} awarded {{ awarded | length }} projects, {{ total_fen | yuan }} yuan in all.",
        ),
    ),
)

_PROPOSALS: tuple[Notice, ...] = (
    Notice(
        event="proposal_submitted",
        kind=kinds.PROPOSALS,
        to=(*_PROPOSAL_OWNER, roles(STREET_STAFF)),
        words=Words(
            "方案已{% if resubmitted %}重新{% endif %}提交：{{ title }}",
            "{{ organisation_id | named }} 的方案《{{ title }}》已提交，申请 {{ amount_fen | yuan }} 元。",
            "Proposal {% if resubmitted %}re{% endif %}submitted: {{ title }}",
            "{{ organisation_id | named }} submitted “{{ title }}”, asking for {{ amount_fen | yuan }} yuan.",
        ),
    ),
    Notice(
        event="proposal_returned",
        kind=kinds.PROPOSALS,
        to=_PROPOSAL_OWNER,
        priority=kinds.HIGH,
        words=Words(
            "方案退回修改：{{ title }}",
            "方案《{{ title }}》需要补充或修改，请查看批注，修改后重新提交。",
            "Proposal returned: {{ title }}",
            "“{{ title }}” needs changes. Read the comments, revise it and submit it again.",
        ),
    ),
    Notice(
        event="proposal_screened_in",
        kind=kinds.PROPOSALS,
        to=_PROPOSAL_OWNER,
        words=Words(
            "资格审查通过：{{ title }}",
            "方案《{{ title }}》通过资格审查，进入评审。",
            "Eligible: {{ title }}",
            "“{{ title }}” passed screening and goes on to review.",
        ),
    ),
    Notice(
        event="proposal_screened_out",
        kind=kinds.NOTICES,
        to=_PROPOSAL_OWNER,
        priority=kinds.HIGH,
        words=Words(
            "资格审查未通过：{{ title }}",
            "方案《{{ title }}》未通过资格审查。原因：{{ reason }}",
            "Not eligible: {{ title }}",
            "“{{ title }}” did not pass screening. Reason: {{ reason }}",
        ),
    ),
    Notice(
        event="objection_upheld",
        kind=kinds.NOTICES,
        to=_PROPOSAL_OWNER,
        priority=kinds.HIGH,
        words=Words(
            "异议成立：{{ title }}",
            "公示期内针对方案《{{ title }}》的异议经核实成立，该方案不予资助。",
            "Objection upheld: {{ title }}",
            "An objection to “{{ title }}” during the public notice was upheld; it will not be funded.",
        ),
    ),
    Notice(
        event="reserve_promoted",
        kind=kinds.NOTICES,
        to=_PROPOSAL_OWNER,
        priority=kinds.HIGH,
        words=Words(
            "候补递补：{{ title }}",
            "方案《{{ title }}》由候补递补为拟资助，结果将重新公示。",
            "Moved up from reserve: {{ title }}",
            "“{{ title }}” moved up from the reserve list; the result goes on public notice again.",
        ),
    ),
    Notice(
        event="proposal_awarded",
        kind=kinds.MONEY,
        to=_PROPOSAL_OWNER,
        priority=kinds.HIGH,
        words=Words(
            "获得资助：{{ title }}",
            "方案《{{ title }}》获得资助 {{ amount_fen | yuan }} 元，请尽快签订协议。",
            "Awarded: {{ title }}",
            "“{{ title }}” is awarded {{ amount_fen | yuan }} yuan. Please sign the agreement soon.",
        ),
    ),
    Notice(
        event="award_declined",
        kind=kinds.MONEY,
        to=(organisation(), roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "资助不再签约：{{ title }}",
            "{{ organisation_id | named }} 的方案《{{ title }}》"
            "{% if side == 'b' %}已由申报组织放弃资助{% else %}因未签约，资助已撤回{% endif %}。"
            "{% if promoted_proposal_id %}候补方案已递补，重新公示。{% endif %}",
            "Award not taken: {{ title }}",
            "“{{ title }}” of {{ organisation_id | named }}: the award was "
            "{% if side == 'b' %}given up by the organisation{% else %}called back, no agreement was signed{% endif %}."
            "{% if promoted_proposal_id %} A reserve moved up and is on public notice.{% endif %}",
        ),
    ),
    Notice(
        event="proposal_declined",
        kind=kinds.NOTICES,
        to=_PROPOSAL_OWNER,
        words=Words(
            "未获资助：{{ title }}",
            "方案《{{ title }}》本轮未获资助。评审说明可在平台查看，欢迎改进后再次申报。",
            "Not awarded: {{ title }}",
            "“{{ title }}” is not funded in this round. Read why on the platform; you are welcome to apply again.",
        ),
    ),
)

_PROJECTS: tuple[Notice, ...] = (
    Notice(
        event="tranche_paid",
        kind=kinds.MONEY,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "第 {{ number }} 笔资金已拨付",
            "第 {{ number }} 笔资金 {{ amount_fen | yuan }} 元已拨付，请核对到账并按预算使用。",
            "Tranche {{ number }} paid",
            "Tranche {{ number }}, {{ amount_fen | yuan }} yuan, was paid. Please check that it arrived.",
        ),
    ),
    Notice(
        event="project_started",
        kind=kinds.PROJECTS,
        to=(organisation(), roles(STREET_STAFF)),
        words=Words(
            "项目启动：{{ title }}",
            "{{ organisation_id | named }} 的项目《{{ title }}》已签约启动。",
            "Project started: {{ title }}",
            "“{{ title }}” of {{ organisation_id | named }} has its agreement and starts.",
        ),
    ),
    Notice(
        event="project_closed",
        kind=kinds.PROJECTS,
        to=(organisation(), roles(STREET_STAFF)),
        words=Words(
            "项目结项：{{ title }}",
            "{{ organisation_id | named }} 的项目《{{ title }}》已验收结项。",
            "Project closed: {{ title }}",
            "“{{ title }}” of {{ organisation_id | named }} is accepted and closed.",
        ),
    ),
    Notice(
        event="order_offered",
        kind=kinds.ORDERS,
        to=(organisation(), account()),
        priority=kinds.HIGH,
        words=Words(
            "新的服务订单等您接单",
            "服务订单 {{ order_id }} 已派给您，请在 {{ expires_at | moment }} 前接单或婉拒；接单完全自愿。",
            "A service order is offered to you",
            "Order {{ order_id }} is offered to you until {{ expires_at | moment }} (Beijing time). "
            "Accept or decline it; you are free to do either.",
        ),
    ),
    Notice(
        event="order_confirmed",
        kind=kinds.ORDERS,
        to=(organisation(), account(), account("requester_account_id")),
        words=Words(
            "服务已确认完成",
            "服务订单 {{ order_id }} 已确认完成，欢迎评价。",
            "Service confirmed",
            "Order {{ order_id }} is confirmed as done. A rating is welcome.",
        ),
    ),
)

NOTICES: tuple[Notice, ...] = (*_ROUNDS, *_PROPOSALS, *_PROJECTS)
