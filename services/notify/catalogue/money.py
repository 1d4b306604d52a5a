"""Events of money: agreements, payments, recoveries, debarments, the ledger."""

from __future__ import annotations

from contracts.notify import kinds
from contracts.roles import AUDITOR, BUREAU, STREET_STAFF
from services.notify.catalogue.notice import Notice, Words, organisation, roles

NOTICES: tuple[Notice, ...] = (
    Notice(
        event="agreement_proposed",
        kind=kinds.MONEY,
        to=(organisation(), roles(BUREAU, STREET_STAFF)),
        email=False,
        words=Words(
            "资助协议第 {{ number }} 版待签署",
            "资助协议第 {{ number }} 版已生成，甲乙双方签署后生效。请阅读后签署。",
            "Version {{ number }} of an agreement waits to be signed",
            "Version {{ number }} of the agreement is in force once both sides have signed. Please read and sign it.",
        ),
    ),
    Notice(
        event="agreement_changed",
        kind=kinds.MONEY,
        to=(organisation(), roles(BUREAU, STREET_STAFF)),
        words=Words(
            "资助协议第 {{ number }} 版已生效",
            "双方已签署第 {{ number }} 版，资助金额为 {{ amount_fen | yuan }} 元，请按新版本执行。",
            "Version {{ number }} of the agreement is in force",
            "Both sides signed version {{ number }}; the award is {{ amount_fen | yuan }} yuan. Please go by it.",
        ),
    ),
    Notice(
        event="payment_failed",
        kind=kinds.MONEY,
        to=(roles(BUREAU, STREET_STAFF),),
        priority=kinds.HIGH,
        words=Words(
            "一笔拨付未成功",
            "银行退回了一笔拨付，请核对收款账户后重新编入支付批次。",
            "A payment failed",
            "The bank did not make a payment. Check the payee account and put the tranche into another batch.",
        ),
    ),
    Notice(
        event="recovery_claimed",
        kind=kinds.MONEY,
        to=(organisation(),),
        priority=kinds.HIGH,
        words=Words(
            "需退回资金 {{ amount_fen | yuan }} 元",
            "项目已终止，按追缴计划需退回 {{ amount_fen | yuan }} 元，请按期退回。",
            "{{ amount_fen | yuan }} yuan are to be given back",
            "The project was terminated. By the plan {{ amount_fen | yuan }} yuan are to be given back in time.",
        ),
    ),
    Notice(
        event="recovery_overdue",
        kind=kinds.MONEY,
        to=(organisation(), roles(BUREAU, STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "追缴款逾期",
            "应于 {{ due_on }} 前退回的资金尚缺 {{ missing_fen | yuan }} 元。",
            "A recovery is overdue",
            "Of what was due by {{ due_on }}, {{ missing_fen | yuan }} yuan are missing.",
        ),
    ),
    Notice(
        event="debarment_confirmed",
        kind=kinds.MONEY,
        to=(organisation(), roles(STREET_STAFF)),
        priority=kinds.HIGH,
        words=Words(
            "组织被列入禁入名单",
            "自 {{ from_on }} 至 {{ until_on }} 不得申报创投。如有异议，可以申诉一次。",
            "The organisation is debarred",
            "From {{ from_on }} to {{ until_on }} it may not apply for rounds. One appeal is possible.",
        ),
    ),
    Notice(
        event="debarment_lifted",
        kind=kinds.MONEY,
        to=(organisation(), roles(STREET_STAFF)),
        words=Words(
            "禁入已解除",
            "禁入已提前解除，可以重新申报。",
            "The debarment was lifted",
            "The debarment was lifted before its time; the organisation may apply again.",
        ),
    ),
    Notice(
        event="ledger_found_wrong",
        kind=kinds.MONEY,
        to=(roles(BUREAU, AUDITOR),),
        priority=kinds.HIGH,
        words=Words(
            "资金台账核对不符",
            "夜间核对发现台账不平：{{ accounts | join('、') }}。请立即核查。",
            "The ledger does not agree",
            "Accounts that do not agree: {{ accounts | join(', ') }}. Please look into it at once.",
        ),
    ),
)
