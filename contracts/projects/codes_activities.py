"""Error codes of activities, attendance and beneficiaries."""

from __future__ import annotations

from chassis.codes import Code


class ActivityCode(Code):
    """What an activity can refuse."""

    ACTIVITY_NOT_FOUND = "activity_not_found", "没有这个活动", "No such activity"
    ACTIVITY_STATE = "activity_state_conflict", "活动当前状态不能这样做", "The activity's state does not allow this"
    ACTIVITY_NOT_YOURS = "activity_not_yours", "这不是您组织的活动", "Not your organisation's activity"
    ACTIVITY_TIME_INVALID = (
        "activity_time_invalid",
        "活动须在将来开始，并在结束时间之前",
        "It begins in the future and ends after it begins, in time",
    )
    ACTIVITY_PLACE_INVALID = (
        "activity_place_invalid",
        "经度与纬度须同时填写",
        "Latitude and longitude come together",
    )
    ACTIVITY_TOO_EARLY = "activity_too_early", "还没到时间", "It is too early for that"
    ACTIVITY_STARTED = "activity_started", "活动已经开始", "The activity has begun"
    ACTIVITY_FULL = "activity_full", "名额已满", "Every seat is taken"
    ACTIVITY_CAPACITY_BELOW = (
        "activity_capacity_below",
        "名额不能少于已报名人数",
        "Fewer seats than people who have one",
    )
    ACTIVITY_ATTENDED = "activity_attended", "已有人签到，不能取消", "Somebody has come: it cannot be called off"
    ACTIVITY_POLICY_INVALID = "activity_policy_invalid", "参数不合理", "These numbers do not go together"
    SIGN_UP_NOT_FOUND = "sign_up_not_found", "没有这个报名", "No such sign-up"
    SIGN_UP_STATE = "sign_up_state_conflict", "报名当前状态不能这样做", "The sign-up's state does not allow this"
    SIGN_UP_EXISTS = "sign_up_exists", "已经报过名", "Signed up already"
    SIGN_UP_INVALID = (
        "sign_up_invalid",
        "代为报名须填姓名；本人报名不填电话",
        "For somebody else give a name; for yourself no phone",
    )


class AttendanceCode(Code):
    """What a check-in and a record of attendance can refuse."""

    CHECK_IN_CLOSED = "check_in_closed", "现在不在签到时间内", "Check-in is not open at that time"
    CHECK_IN_CODE_INVALID = "check_in_code_invalid", "签到码不对", "Not the code"
    CHECK_IN_CODE_EXPIRED = (
        "check_in_code_expired",
        "签到码已更换，请看屏幕上的新码",
        "The code has changed: use the one on the screen now",
    )
    CHECK_IN_CODE_USED = (
        "check_in_code_used",
        "这个签到码您已用过，请等下一个",
        "You have used this code: wait for the next one",
    )
    CHECK_IN_LOCKED = "check_in_locked", "输错次数过多，请稍后再试", "Too many wrong codes: wait a little"
    WALK_IN_REFUSED = "walk_in_refused", "本活动须先报名", "This activity is for those who signed up"
    WALK_IN_INVALID = "walk_in_invalid", "请填姓名或账号，二者其一", "Give a name or an account, one of them"
    ATTENDANCE_NOT_FOUND = "attendance_not_found", "没有这条到场记录", "No such record of attendance"
    ATTENDANCE_STATE = (
        "attendance_state_conflict",
        "到场记录当前状态不能这样做",
        "The record's state does not allow this",
    )
    ATTENDANCE_EXISTS = "attendance_exists", "已经签到", "Checked in already"
    ATTENDANCE_TIME_INVALID = (
        "attendance_time_invalid",
        "到场与离场时间不合理",
        "These times of arrival and departure cannot be",
    )
    OFFLINE_LIST_NOT_FOUND = "offline_list_not_found", "没有这份离线名单", "No such offline list"
    OFFLINE_LIST_FORGED = "offline_list_forged", "离线名单签名不符", "The list's signature does not match"
    OFFLINE_LATE = "offline_late", "活动已归档，请由工作人员补传", "The activity is closed: staff must upload"
    OFFLINE_RECORD_LOCKED = (
        "offline_record_locked",
        "到场记录已锁定，请申请更正",
        "The record is locked: ask for a correction",
    )
    OFFLINE_PERSON_UNKNOWN = "offline_person_unknown", "名单上没有这个人", "Nobody of the list"
    OFFLINE_PASS_WRONG = "offline_pass_wrong", "入场码不对", "Not the person's pass"
    OFFLINE_TIME_IMPLAUSIBLE = "offline_time_implausible", "时间不合理", "Not a plausible time"
    CORRECTION_NOT_FOUND = "attendance_correction_not_found", "没有这个更正", "No such correction"
    CORRECTION_STATE = (
        "attendance_correction_state_conflict",
        "更正当前状态不能这样做",
        "The correction's state does not allow this",
    )
    CORRECTION_EMPTY = "attendance_correction_empty", "没有要更正的内容", "Nothing would change"
    CORRECTION_SAME_PERSON = (
        "attendance_correction_same_person",
        "须由另一人确认",
        "Another person must decide",
    )


class BeneficiaryCode(Code):
    """What the register of beneficiaries can refuse."""

    BENEFICIARY_NOT_FOUND = "beneficiary_not_found", "没有这位受益人", "No such beneficiary"
    BENEFICIARY_EXISTS = "beneficiary_exists", "这位受益人已登记", "Registered already"
    BENEFICIARY_STATE = (
        "beneficiary_state_conflict",
        "受益人登记当前状态不能这样做",
        "The entry's state does not allow this",
    )
    BENEFICIARY_UNIDENTIFIED = (
        "beneficiary_unidentified",
        "请填账号、姓名与电话，或证件摘要",
        "Give an account, name and phone, or a document's digest",
    )
    BENEFICIARY_CONSENT_MISSING = (
        "beneficiary_consent_missing",
        "健康信息须本人同意，未满十四周岁须监护人同意",
        "Health data need consent, and for those under 14 a guardian's",
    )
    BENEFICIARIES_DISTINCT = (
        "beneficiaries_distinct",
        "两条登记属于不同账号，不能合并",
        "They belong to different accounts: two people",
    )
    MERGE_BEYOND = (
        "beneficiary_merge_beyond",
        "该人也出现在其他组织或街道，请由上级合并",
        "The person is known to others, too: who oversees them must merge",
    )
