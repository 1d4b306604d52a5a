"""Error codes of organisations' details, duplicates, merges, credit facts and registration readiness."""

from __future__ import annotations

from chassis.codes import Code


class OrganisationCode(Code):
    """What the registry can refuse about them."""

    ORGANISATION_MERGED = "organisation_merged", "该组织已并入其他组织", "The organisation was merged into another"
    ORGANISATION_FOUNDED_AHEAD = (
        "organisation_founded_ahead",
        "成立日期不能晚于今天",
        "The organisation cannot have been founded in the future",
    )
    ORGANISATION_IN_USE = (
        "organisation_in_use",
        "该组织还有在办的孵化案、所联系的组织或受托的街道，请先办结或移交，再注销",
        "Its open case, the organisations in its care or the streets entrusted to it come first; then it can be closed",
    )
    ORGANISATION_FORM_MISMATCH = (
        "organisation_form_mismatch",
        "组织形式与信用代码不符",
        "The legal form is not that of the credit code",
    )
    ORGANISATION_ITEM_NOT_FOUND = "organisation_item_not_found", "没有这条信息", "No such detail of the organisation"
    ORGANISATION_ITEM_EXISTS = (
        "organisation_item_exists",
        "该号码或范围已经登记",
        "The number or area is recorded already",
    )
    ORGANISATION_ITEMS_FULL = "organisation_items_full", "该类信息已达上限", "No more details of this kind are taken"
    IDENTIFIER_IS_IDENTITY_NUMBER = (
        "identifier_is_identity_number",
        "这是身份证号码，不是组织的编号，请勿填写",
        "This is an identity-card number, not an organisation's",
    )
    IDENTIFIER_INVALID = "identifier_invalid", "编号有误", "Not a valid identifier"
    IDENTIFIER_PRINCIPAL = (
        "identifier_principal",
        "现行编号请在组织信息中变更",
        "The number in force is changed with the organisation itself",
    )
    IDENTIFIER_DATES_INVALID = "identifier_dates_invalid", "有效期早于发证日期", "It ends before it was issued"
    ASSURANCE_CLOSED = "assurance_closed", "已注销的组织无需确认", "Only an active organisation's data is confirmed"
    DUPLICATE_NOT_FOUND = "duplicate_not_found", "没有这对疑似重复", "No such pair"
    DUPLICATE_SAME = "duplicate_same", "不能与自己比较", "An organisation is no duplicate of itself"
    DUPLICATE_STATE = (
        "duplicate_state_conflict",
        "疑似重复当前状态不能这样做",
        "The pair's state does not allow this",
    )
    MERGE_NOT_FOUND = "merge_not_found", "没有这个合并申请", "No such merge"
    MERGE_STATE = "merge_state_conflict", "合并当前状态不能这样做", "The merge's state does not allow this"
    MERGE_SAME = "merge_same", "不能与自己合并", "An organisation is not merged into itself"
    MERGE_OWN_PROPOSAL = (
        "merge_own_proposal",
        "合并须由另一人审核",
        "Somebody else must review what one proposes",
    )
    MERGE_NOT_PROPOSER = "merge_not_proposer", "只有申请人可以撤回", "Only the proposer withdraws it"
    MERGE_PENDING = "merge_pending", "该组织已有待审核的合并", "A merge of the organisation is waiting already"
    MERGE_KINDS_DIFFER = "merge_kinds_differ", "两个组织类型不同", "The organisations are of different kinds"
    MERGE_STREETS_DIFFER = (
        "merge_streets_differ",
        "两个组织不在同一街道，合并须由区级提出、民政局批准",
        "Organisations of different streets are merged by the district, with the bureau's approval",
    )
    MERGE_CODES_DIFFER = (
        "merge_codes_differ",
        "两个信用代码不同，是两个法人",
        "Two credit codes are two legal persons",
    )
    MERGE_SURVIVOR_UNREGISTERED = (
        "merge_survivor_unregistered",
        "须保留有信用代码的一方",
        "The one with the credit code must stay",
    )
    MERGE_BOTH_OPEN_CASES = (
        "merge_both_open_cases",
        "双方都有在办孵化案",
        "Both have an incubation case under way",
    )
    MERGE_CLASH = "merge_clash", "双方有不能并存的记录", "Both have records that cannot stand side by side"
    MERGE_SUPERSEDED = (
        "merge_superseded",
        "须先撤销之后的合并",
        "A later merge must be undone first",
    )
    CREDIT_FACT_NOT_FOUND = "credit_fact_not_found", "没有这条信用信息", "No such credit fact"
    CREDIT_FACT_STATE = (
        "credit_fact_state_conflict",
        "该信用信息当前状态不能这样做",
        "The credit fact's state does not allow this",
    )
    CREDIT_FACT_DATES_INVALID = (
        "credit_fact_dates_invalid",
        "信用信息的日期有误",
        "A date of the credit fact is not valid",
    )
    READINESS_RULE_INVALID = "readiness_rule_invalid", "登记条件规则有误", "Not a rule that can be checked"
    READINESS_VERSION_DATE = (
        "readiness_version_date",
        "新规则的生效日须晚于现有版本",
        "A new version takes effect after the one before it",
    )
