"""Error codes of rounds: proposals, review, roadshows, votes, decisions, awards and money."""

from __future__ import annotations

from chassis.codes import Code


class ProjectsCode(Code):
    """What a round and everything inside it can refuse."""

    ROUND_NOT_FOUND = "round_not_found", "没有这个轮次", "No such round"
    ROUND_STATE = "round_state_conflict", "轮次当前状态不能这样做", "The round's state does not allow this"
    ROUND_RULES_INVALID = "round_rules_invalid", "轮次规则有误", "The round's rules are not valid"
    ROUND_NOT_FUNDED = (
        "round_not_funded",
        "资金池尚未到位，不能发布",
        "The fund pool does not cover the budget yet",
    )
    ROUND_TOO_EARLY = "round_too_early", "时间未到", "The timetable does not allow this yet"
    ROUND_PROPOSALS_PENDING = (
        "round_proposals_pending",
        "还有方案没有处理完",
        "Some proposals are not settled yet",
    )
    ROUND_NEEDS_ROADSHOW = "round_needs_roadshow", "本轮次需要先完成路演", "The round's roadshow must be held first"
    ROUND_WITHOUT_ROADSHOW = "round_without_roadshow", "本轮次没有路演", "The round has no roadshow"
    PROPOSAL_NOT_FOUND = "proposal_not_found", "没有这个方案", "No such proposal"
    PROPOSAL_STATE = "proposal_state_conflict", "方案当前状态不能这样做", "The proposal's state does not allow this"
    PROPOSAL_NOT_YOURS = "proposal_not_yours", "这不是您组织的方案", "Not your organisation's proposal"
    PROPOSAL_INCOMPLETE = (
        "proposal_incomplete",
        "方案还有未满足的要求，请逐项补齐",
        "The proposal does not meet every requirement yet",
    )
    PROPOSAL_OUTSIDE_ROUND = (
        "proposal_outside_round",
        "组织不在本轮次范围内",
        "The organisation is outside the round's scope",
    )
    ORGANISATION_UNKNOWN = "organisation_unknown", "还没有这个组织的信息", "The organisation is not known here yet"
    JUDGE_UNKNOWN = "judge_unknown", "没有这位评委", "No such judge"
    JUDGE_RECUSED = "judge_recused", "评委已回避，不能评分", "A recused judge cannot score"
    JUDGE_NOT_ASSIGNED = "judge_not_assigned", "您没有被分配评审这个方案", "You are not assigned to this proposal"
    JUDGES_TOO_FEW = (
        "judges_too_few",
        "无利益冲突的评委人数不足",
        "Too few judges without a conflict of interest",
    )
    ROADSHOW_NOT_FOUND = "roadshow_not_found", "没有这场路演", "No such roadshow"
    ROADSHOW_STATE = "roadshow_state_conflict", "路演当前状态不能这样做", "The roadshow's state does not allow this"
    PITCH_NOT_FOUND = "pitch_not_found", "没有这个路演场次", "No such pitch"
    PITCH_STATE = "pitch_state_conflict", "该场次当前状态不能这样做", "The pitch's state does not allow this"
    SCORES_INVALID = "scores_invalid", "评分与评分表不符", "The scores do not fit the rubric"
    SCORES_OPEN = "scores_open", "还有评分没有锁定", "Some scores are not locked"
    SCORE_SHEET_NOT_FOUND = "score_sheet_not_found", "没有这张评分表", "No such score sheet"
    SCORE_SHEET_LOCKED = (
        "score_sheet_locked",
        "评分已锁定，只能由两人签字更正",
        "The sheet is locked; only a correction signed by two changes it",
    )
    CORRECTION_NOT_FOUND = "correction_not_found", "没有这份更正", "No such correction"
    CORRECTION_SAME_SIGNER = (
        "correction_same_signer",
        "更正需要两位不同的人签字",
        "A correction needs two different signers",
    )
    CORRECTION_STATE = "correction_state_conflict", "更正已经处理过", "The correction was dealt with"
    VOTE_NOT_FOUND = "vote_not_found", "本轮次没有居民投票", "The round has no residents' vote"
    VOTE_STATE = "vote_state_conflict", "投票当前状态不能这样做", "The vote's state does not allow this"
    VOTER_NOT_ENTITLED = (
        "voter_not_entitled",
        "只有本轮次范围内经过核实的居民可以投票",
        "Only verified residents of the round's streets may vote",
    )
    VOTER_VOTED = "voter_already_voted", "您已经投过票", "You have voted already"
    BALLOT_INVALID = "ballot_invalid", "选票内容有误", "The ballot is not valid"
    VOTE_OPEN = "vote_still_open", "投票还没有结束", "The vote has not closed yet"
    DECISION_NOT_FOUND = "decision_not_found", "还没有评审结果", "There is no decision yet"
    NOTICE_RUNNING = "notice_running", "公示期未满", "The public notice is not over yet"
    OBJECTIONS_OPEN = "objections_open", "还有异议没有处理", "Some objections are not settled"
    OBJECTION_NOT_FOUND = "round_objection_not_found", "没有这个异议", "No such objection"
    OBJECTION_STATE = "objection_state_conflict", "异议已经处理过", "The objection was dealt with"
    OBJECTION_TOO_LATE = "objection_too_late", "公示期已过", "The period of public notice is over"
    AWARD_NOT_FOUND = "award_not_found", "没有这项资助", "No such award"
    AWARD_STATE = "award_state_conflict", "资助当前状态不能这样做", "The award's state does not allow this"
    AWARD_EXCEEDED = "award_exceeded", "超过资助额", "More than the award"
    TRANCHE_NOT_FOUND = "tranche_not_found", "没有这笔拨付", "No such tranche"
    TRANCHE_STATE = "tranche_state_conflict", "该笔拨付当前状态不能这样做", "The tranche's state does not allow this"
    TRANCHE_GUARD = (
        "tranche_guard_unmet",
        "上一笔未报告或里程碑未验收",
        "The milestone is not accepted or the previous tranche is not reported",
    )
    POOL_EXCEEDED = "pool_exceeded", "超过资金池", "More than the pool holds"
