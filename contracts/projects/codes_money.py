"""Error codes of money: ledger, agreements, payments, recoveries, debarment."""

from __future__ import annotations

from chassis.codes import Code


class MoneyCode(Code):
    """What money can refuse."""

    LEDGER_OVERDRAWN = "ledger_overdrawn", "台账余额不足，不能记账", "An account of the ledger does not hold that much"
    LEDGER_POSTED = "ledger_posted_already", "这笔款项已经记过账", "This step of the money was posted already"
    SPLIT_EXCEEDED = "ledger_split_exceeded", "分摊金额超过可用金额", "More is to be split than there is"
    AGREEMENT_NOT_FOUND = "agreement_not_found", "没有这份协议", "No such agreement"
    AGREEMENT_NOT_OPEN = "agreement_not_open", "没有待签署的协议", "There is no agreement waiting to be signed"
    AGREEMENT_OPEN = "agreement_open", "已有一份协议待签署", "Another version of the agreement waits to be signed"
    AGREEMENT_STATE = (
        "agreement_state_conflict",
        "协议当前状态不能这样做",
        "The agreement's state does not allow this",
    )
    AGREEMENT_DIFFERS = (
        "agreement_differs",
        "协议内容与您看到的不一致，请重新阅读",
        "The agreement is not the one you read; read it again",
    )
    AGREEMENT_TERMS_INVALID = "agreement_terms_invalid", "协议条款有误", "The terms of the agreement are not valid"
    PAYEE_NOT_FOUND = "payee_not_found", "没有这个收款账户", "No such payee account"
    PAYEE_STATE = "payee_state_conflict", "收款账户当前状态不能这样做", "The payee account's state does not allow this"
    PAYEE_INVALID = "payee_invalid", "收款账号有误", "Not a valid account number"
    PAYEE_MISSING = (
        "payee_missing",
        "收款组织没有已核实的收款账户",
        "An organisation has no verified payee account",
    )
    SAME_PERSON = "money_same_person", "需要由另一人办理", "Another person has to do this"
    BATCH_NOT_FOUND = "payment_batch_not_found", "没有这个支付批次", "No such payment batch"
    BATCH_STATE = "payment_batch_state_conflict", "支付批次当前状态不能这样做", "The batch's state does not allow this"
    BATCH_INVALID = "payment_batch_invalid", "支付批次内容有误", "The payment batch is not valid"
    PAYMENT_STATE = "payment_state_conflict", "该笔支付当前状态不能这样做", "The payment's state does not allow this"
    EXPORT_CHANGED = (
        "payment_export_changed",
        "导出内容与首次导出不一致，请联系运维",
        "The file differs from the one exported first",
    )
    ANSWER_INVALID = "payment_answer_invalid", "银行回单文件无法读取", "The bank's answer cannot be read"
    ANSWER_FORMULA = (
        "payment_answer_formula",
        "单元格像公式，不予导入",
        "The cell looks like a formula and is not imported",
    )
    ANSWER_UNKNOWN = "payment_answer_unknown", "本批次没有这笔支付", "The batch has no such payment"
    ANSWER_AMOUNT = "payment_answer_amount", "金额与批次不一致", "The amount is not that of the batch"
    ANSWER_STATUS = "payment_answer_status", "不认识的处理结果", "Not a known outcome"
    ANSWER_REPEATED = "payment_answer_repeated", "与前面的一行是同一笔支付", "The same payment as an earlier row"
    ANSWER_SETTLED = "payment_answer_settled", "该笔支付已有结果，未改动", "The payment was settled already"
    ANSWER_REFERENCE = (
        "payment_answer_reference",
        "银行流水号缺失或已用于另一笔支付",
        "The bank's reference is missing or belongs to another payment",
    )
    RECOVERY_NOT_FOUND = "recovery_not_found", "没有这项追缴", "No such recovery"
    RECOVERY_STATE = "recovery_state_conflict", "追缴当前状态不能这样做", "The recovery's state does not allow this"
    RECOVERY_EXCEEDED = "recovery_exceeded", "超过尚未追回的金额", "More than is still to be recovered"
    RECOVERY_PLAN_INVALID = "recovery_plan_invalid", "追缴计划有误", "The instalments do not make the amount"
    RECOVERIES_OPEN = "recoveries_open", "还有追缴没有了结", "Some recoveries are not settled"
    DEBARMENT_NOT_FOUND = "debarment_not_found", "没有这项禁入", "No such debarment"
    DEBARMENT_STATE = "debarment_state_conflict", "禁入当前状态不能这样做", "The debarment's state does not allow this"
    DEBARMENT_OPEN = "debarment_open", "该组织已有一项禁入", "The organisation has a debarment already"
    DEBARMENT_DATES = "debarment_dates_invalid", "禁入起止日期有误", "The days of the debarment are not valid"
    ORGANISATION_DEBARRED = "organisation_debarred", "组织在禁入期内", "The organisation is debarred"
    GRANTS_TOO_MANY = "grants_too_many", "数据过多，请分页读取", "Too many grants for one file; read page by page"
