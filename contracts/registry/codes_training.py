"""Error codes of hub programmes and training sessions."""

from __future__ import annotations

from chassis.codes import Code


class TrainingCode(Code):
    """What programmes and training sessions can refuse."""

    PROGRAMME_NOT_FOUND = "programme_not_found", "没有这个孵化计划", "No such programme"
    PROGRAMME_STATE = "programme_state_conflict", "计划当前状态不能这样做", "The programme's state does not allow this"
    PROGRAMME_PERIOD_INVALID = "programme_period_invalid", "计划起止日期有误", "The programme's period is not valid"
    PROGRAMME_HUB_INVALID = "programme_hub_invalid", "不是可受托的枢纽组织", "Not a hub that may be entrusted"
    PROGRAMME_VISIT_LINKED = "programme_visit_linked", "该督导已关联计划", "The visit is part of a programme already"
    PROGRAMME_VISIT_FOREIGN = (
        "programme_visit_foreign",
        "该督导不属于计划所在街道",
        "The visit belongs to another street than the programme",
    )
    TRAINING_NOT_FOUND = "training_not_found", "没有这次培训", "No such training session"
    TRAINING_STATE = "training_state_conflict", "培训当前状态不能这样做", "The session's state does not allow this"
    TRAINING_TIME_INVALID = "training_time_invalid", "培训时间有误", "The session's time is not valid"
    TRAINING_FULL = "training_full", "培训名额已满", "The session is full"
    TRAINING_STARTED = "training_started", "培训已经开始", "The session has begun"
    TRAINING_NOT_STARTED = "training_not_started", "培训尚未开始", "The session has not begun"
    TRAINING_PARTICIPANT_INVALID = (
        "training_participant_invalid",
        "代为报名须填写姓名",
        "Whoever enrols somebody else gives a name",
    )
    TRAINING_ENROLLED = "training_enrolled", "已经报名", "Enrolled already"
    TRAINING_ATTENDANCE_NOT_FOUND = "training_attendance_not_found", "没有这条报名记录", "No such enrolment"
    TRAINING_ATTENDANCE_STATE = (
        "training_attendance_state_conflict",
        "报名记录当前状态不能这样做",
        "The enrolment's state does not allow this",
    )
    TRAINING_CHECK_IN_CLOSED = "training_check_in_closed", "现在不是签到时间", "Check-in is not open now"
    TRAINING_CODE_INVALID = "training_code_invalid", "签到码无效或已过期", "The check-in code is wrong or has expired"
    TRAINING_WALK_IN_REFUSED = "training_walk_in_refused", "本次培训须提前报名", "This session takes no walk-ins"
