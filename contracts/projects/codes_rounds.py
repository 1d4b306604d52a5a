"""Error codes of rounds as policy data and of writing plans together."""

from __future__ import annotations

from chassis.codes import Code


class RoundsCode(Code):
    """What earmarks, needs surveys, plan templates, co-authors and checks can refuse."""

    EARMARK_INVALID = (
        "earmark_invalid",
        "定向资金的领域或街道不在本轮次范围内",
        "An earmark names a field or street that is not of this round",
    )
    EARMARKS_UNMET = (
        "earmarks_unmet",
        "扣除定向资金后，可用资金不足以支付这些方案",
        "What the earmarks leave does not pay for these proposals",
    )
    AMENDMENT_TOO_LATE = (
        "amendment_too_late",
        "修订后距截止日期不足，请同时延长申报截止时间",
        "Too little time is left after the amendment: move the closing time as well",
    )
    AMENDMENT_EMPTY = "amendment_empty", "修订没有改变任何规则", "The amendment changes nothing"
    TEMPLATE_NOT_FOUND = "plan_template_not_found", "没有这个方案模板", "No such plan template"
    TEMPLATE_STATE = (
        "plan_template_state_conflict",
        "模板当前状态不能这样做",
        "The template's state does not allow this",
    )
    TEMPLATE_INVALID = "plan_template_invalid", "模板内容有误", "The template is not valid"
    SURVEY_NOT_FOUND = "needs_survey_not_found", "没有这份需求调研", "No such needs survey"
    SURVEY_STATE = (
        "needs_survey_state_conflict",
        "调研当前状态不能这样做",
        "The survey's state does not allow this",
    )
    SURVEY_EXISTS = "needs_survey_exists", "本轮次已有需求调研", "The round has a needs survey already"
    SURVEY_OPEN = "needs_survey_open", "需求调研还没有结束", "The needs survey has not closed yet"
    SURVEY_INVALID = "needs_survey_invalid", "调研问卷有误", "The questionnaire is not valid"
    SURVEY_ANSWER_INVALID = "survey_answer_invalid", "答卷与问卷不符", "The answers do not fit the questions"
    SURVEY_ANSWERED = "survey_answered", "您已经答过这份问卷", "You have answered this survey already"
    SURVEY_NOT_FOR_YOU = (
        "survey_not_for_you",
        "这份调研面向本轮次范围内的组织、社区和经过核实的居民",
        "The survey asks organisations, communities and verified residents of the round's streets",
    )
    ELIGIBILITY_FAILED = (
        "eligibility_failed",
        "截止时不符合申报条件，不能通过初筛",
        "It was not eligible as of the deadline and cannot be screened in",
    )
    DOUBLE_FUNDING_OPEN = (
        "double_funding_open",
        "疑似重复资助还没有判定",
        "A suspected double funding has not been judged",
    )
    DOUBLE_FUNDING_UNKNOWN = (
        "double_funding_unknown",
        "没有标出与该方案的重复",
        "No double funding with that proposal is flagged",
    )
    COAUTHOR_INVALID = (
        "coauthor_invalid",
        "该账号不能参与编写本方案",
        "That account cannot write this proposal with you",
    )
    COAUTHOR_NOT_FOUND = "coauthor_not_found", "没有这位共同编写人", "No such co-author"
    COAUTHOR_STATE = (
        "coauthor_state_conflict",
        "共同编写邀请当前状态不能这样做",
        "The invitation's state does not allow this",
    )
    PROPOSAL_VERSION_NEEDED = (
        "proposal_version_needed",
        "多人编写的方案，修改时须说明所依据的版本（If-Match）",
        "A proposal with co-authors changes only by naming the version that was read (If-Match)",
    )
    COMMENT_NOT_FOUND = "proposal_comment_not_found", "没有这条意见", "No such comment"
    COMMENT_STATE = (
        "proposal_comment_state_conflict",
        "意见当前状态不能这样做",
        "The comment's state does not allow this",
    )
    SECTION_UNKNOWN = "plan_section_unknown", "方案没有这一部分", "The plan has no such section"
    ATTACHMENT_NOT_FOUND = "attachment_not_found", "没有这份附件", "No such attachment"
    ATTACHMENT_KNOWN = "attachment_known", "这份附件已经在方案里", "The file is attached already"
    ATTACHMENTS_FULL = "attachments_full", "附件数量已达上限", "As many attachments as a proposal may have"
    PROPOSAL_VERSION_NOT_FOUND = "proposal_version_not_found", "没有这个版本", "No such version of the proposal"
