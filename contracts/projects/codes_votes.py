"""Error codes of residents' votes: one reason a code, so that nobody has to guess why."""

from __future__ import annotations

from chassis.codes import Code


class VoteCode(Code):
    """What a vote, a voter, a ballot or a batch of paper ballots can be refused for."""

    VOTER_NOT_VERIFIED = (
        "voter_not_verified",
        "居住地尚未核实，请先由社区或网格员核实",
        "Where you live is not verified yet; ask your community or grid worker",
    )
    VOTER_OUTSIDE_PLACE = (
        "voter_outside_place",
        "您不在本次投票的范围内",
        "You do not live in the place that votes",
    )
    VOTER_REGISTERED_LATE = (
        "voter_registered_late",
        "账号开通晚于投票资格截止日",
        "Your account was opened after the day the rules name",
    )
    VOTED_ON_PAPER = (
        "voter_voted_on_paper",
        "您已登记为纸质投票",
        "You are on the paper register of this vote",
    )
    BALLOT_TOO_MANY = "ballot_too_many_choices", "选择的方案超过上限", "More proposals than the rules allow"
    BALLOT_UNKNOWN = (
        "ballot_unknown_proposal",
        "选票上有重复、不在候选名单或已撤回的方案",
        "A proposal is named twice, is no candidate or was withdrawn",
    )
    BALLOT_POINTS = (
        "ballot_points_exceeded",
        "分数超过总分或单个方案上限",
        "More points than the total, or than one proposal may get",
    )
    MARK_TAKEN = "ballot_mark_taken", "回执标记已被使用，请换一个", "This mark is on another ballot; make a new one"
    BALLOTS_ALTERED = (
        "ballots_altered",
        "选票与截止时的承诺值不符，不能计票",
        "The ballots are not those that were committed to at the close; they are not counted",
    )
    NO_CANDIDATES = "vote_without_candidates", "没有可供投票的方案", "There is no proposal to vote on"
    CLOSING_TIME = (
        "vote_closing_time_invalid",
        "截止时间必须晚于开始时间",
        "The vote must close after it opens",
    )
    PAPER_NOT_OFFERED = "paper_not_offered", "本次投票不接受纸质选票", "This vote takes no paper ballots"
    PAPER_BATCHES_OPEN = (
        "paper_batches_open",
        "还有纸质选票批次未录完或有差异未处理",
        "Some batches of paper ballots are not keyed twice or still differ",
    )
    PAPER_EXCEEDS_REGISTER = (
        "paper_exceeds_register",
        "纸质选票多于登记的纸质投票人",
        "There are more paper ballots than voters on the paper register",
    )
    PAPER_VOTER_NOT_FOUND = "paper_voter_not_found", "没有这条纸质投票登记", "No such entry of the paper register"
    PAPER_VOTER_STATE = (
        "paper_voter_state_conflict",
        "该登记当前状态不能这样做",
        "The entry's state does not allow this",
    )
    BATCH_NOT_FOUND = "paper_batch_not_found", "没有这个纸质选票批次", "No such batch of paper ballots"
    BATCH_STATE = "paper_batch_state_conflict", "批次当前状态不能这样做", "The batch's state does not allow this"
    BATCH_SAME_PERSON = (
        "paper_batch_same_person",
        "两次录入与裁定必须由不同的人完成",
        "Both keys and the settlement need different people",
    )
    BATCH_ENTRIES = (
        "paper_batch_entries_invalid",
        "录入内容有误，请逐行核对",
        "Some of the entries are not valid",
    )
    BATCH_SHEET = (
        "paper_batch_sheet_invalid",
        "表格无法读取，请使用模板（XLSX 或 CSV）",
        "The sheet cannot be read; use the form (XLSX or CSV)",
    )
