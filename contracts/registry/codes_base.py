"""Error codes of centres, the base, service teams' planned hand-overs, deadlines and policy documents."""

from __future__ import annotations

from chassis.codes import Code


class BaseCode(Code):
    """What centres, rooms, bookings, entrustments, hand-over plans and policy documents can refuse."""

    DEADLINE_STATE = "deadline_state_conflict", "该期限当前状态不能这样做", "The deadline's state does not allow this"
    CASE_EXIT_ASSESSMENT_MISSING = (
        "case_exit_assessment_missing",
        "出壳前须完成出壳能力评估",
        "Capacity must be assessed again before graduation",
    )
    CENTRE_NOT_FOUND = "centre_not_found", "没有这个中心", "No such centre"
    CENTRE_EXISTS = "centre_exists", "这里已有一个中心", "There is a centre here already"
    CENTRE_PLACE_INVALID = (
        "centre_place_invalid",
        "中心园区不属于任何街道；街道中心须写明街道",
        "A centre park belongs to no street; a street centre names its street",
    )
    CENTRE_STATE = "centre_state_conflict", "中心当前状态不能这样做", "The centre's state does not allow this"
    CENTRE_HOURS_INVALID = "centre_hours_invalid", "开放时间有误", "The opening hours are not valid"
    CENTRE_SERVICES_INVALID = "centre_services_invalid", "同一服务写了两次", "A service is named twice"
    CENTRE_PILOT_NAMED = "centre_pilot_named", "该街道已是试点", "The street is a pilot already"
    PERIOD_INVALID = "period_invalid", "起止日期有误", "The period ends before it starts"
    OPERATOR_OVERLAPS = "operator_overlaps", "该期间已有运营团队", "A team operates the centre in that period"
    OPERATOR_NOT_FOUND = "operator_not_found", "没有这份运营合同", "No such operating contract"
    OPERATOR_ENDED = "operator_ended", "运营合同已终止", "The contract has ended"
    POST_NOT_FOUND = "post_not_found", "没有这个岗位任职", "No such post"
    POST_OVERLAPS = "post_overlaps", "该人员在此期间已任此职", "The person holds this post in that period"
    POST_ENDED = "post_ended", "任职已结束", "The post has ended"
    POST_ACCOUNT_INVALID = "post_account_invalid", "该账号不能在此任职", "The account cannot hold a post here"
    SPACE_NOT_FOUND = "space_not_found", "没有这个房间或工位", "No such room or desk"
    SPACE_NAME_TAKEN = "space_name_taken", "该中心已有同名的房间或工位", "The centre has one of this name"
    SPACE_STATE = "space_state_conflict", "该房间或工位当前状态不能这样做", "The room's state does not allow this"
    SPACE_CLOSED = "space_closed", "该房间或工位暂停使用", "The room or desk is closed"
    BOOKING_NOT_FOUND = "booking_not_found", "没有这个预约", "No such booking"
    BOOKING_STATE = "booking_state_conflict", "预约当前状态不能这样做", "The booking's state does not allow this"
    BOOKING_TAKEN = "booking_taken", "该时段已被预约", "The time is taken"
    BOOKING_TIME_INVALID = "booking_time_invalid", "预约时间有误", "The times of the booking are not valid"
    BOOKING_TOO_LONG = "booking_too_long", "超过单次预约时长上限", "Longer than one booking may be"
    BOOKING_TOO_EARLY = "booking_too_early", "超过可提前预约的天数", "Too far ahead"
    BOOKING_CLOSED_HOURS = "booking_closed_hours", "不在开放时间内", "Outside the opening hours"
    BOOKING_TOO_MANY_PEOPLE = "booking_too_many_people", "人数超过容量", "More people than fit"
    BOOKING_ROLE_FORBIDDEN = "booking_role_forbidden", "您不能预约", "You may not book this"
    BOOKING_LIMIT = "booking_limit", "未结束的预约已达上限", "As many open bookings as allowed"
    BOOKING_BARRED = "booking_barred", "多次爽约，暂停预约", "Barred from booking after too many no-shows"
    BOOKING_NOT_STARTED = "booking_not_started", "还没有到签到时间", "It is too early to check in"
    OCCUPANCY_PERIOD_INVALID = "occupancy_period_invalid", "统计期间须在 1–31 天", "A period of 1 to 31 days is needed"
    ENTRUSTMENT_NOT_FOUND = "entrustment_not_found", "没有这项委托", "No such entrustment"
    ENTRUSTMENT_OVERLAPS = "entrustment_overlaps", "该街道在此期间已委托", "The street is entrusted in that period"
    ENTRUSTMENT_ENDED = "entrustment_ended", "委托已终止", "The entrustment has ended"
    ENTRUSTMENT_AWARD_INVALID = (
        "entrustment_award_invalid",
        "该立项不存在、已终止或不属于该枢纽组织",
        "The award is unknown, ended, or another organisation's",
    )
    HAND_OVER_NOT_FOUND = "hand_over_not_found", "没有这项交接计划", "No such planned hand-over"
    HAND_OVER_STATE = "hand_over_state_conflict", "交接计划当前状态不能这样做", "The plan's state does not allow this"
    HAND_OVER_PAST = "hand_over_past", "交接时间须晚于现在", "The hand-over must lie ahead"
    HAND_OVER_PLANNED = "hand_over_planned", "该岗位已有交接计划", "A hand-over of this role is planned already"
    TEAM_ROLE_SAME = "team_role_same", "接任者就是现任", "The successor serves already"
    PLAN_VERSION_NOT_FOUND = "plan_version_not_found", "方案没有这个版本", "The plan has no such version"
    PLAN_GOAL_NOT_FOUND = "plan_goal_not_found", "方案没有这个目标", "The plan has no such goal"
    SEED_MEETING_MEMBERS_INVALID = (
        "seed_meeting_members_invalid",
        "到会名单中有人不是成员，或人数不符",
        "Somebody named is no member, or the number does not agree",
    )
    FINDING_RECHECK_OWN = (
        "finding_recheck_own",
        "不能复查自己整改或本组织的问题",
        "Nobody rechecks what they put right, or their own organisation",
    )
    DOCUMENT_NOT_FOUND = "policy_document_not_found", "没有这份政策文件", "No such policy document"
    DOCUMENT_STATE = (
        "policy_document_state_conflict",
        "政策文件当前状态不能这样做",
        "The document's state does not allow this",
    )
    DOCUMENT_NUMBER_TAKEN = "policy_document_number_taken", "该文号已收录", "The document number is in use"
    DOCUMENT_VERSION_DATE = (
        "policy_document_version_date",
        "新版本须晚于上一版本生效",
        "A new version takes effect after the one before",
    )
    CITATION_INVALID = (
        "citation_invalid",
        "引用的政策文件版本不存在或在答复日不生效",
        "The cited version does not exist, or is not in force on the day of the answer",
    )
    CITATION_DOCUMENT_NEEDED = (
        "citation_document_needed",
        "答复须引用文件库中的政策文件及其版本",
        "An answer must cite a document of the library and its version",
    )
