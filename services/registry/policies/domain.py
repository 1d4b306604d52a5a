"""The numbers of DOMAIN.md's brackets: their defaults, bounds and meaning."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.errors import ForbiddenError, InvalidError, NotFoundError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_identity import IdentityCode

Value = int | list[str]


@dataclass(frozen=True)
class Rule:
    """One policy number, or list of words."""

    default: Value
    least: int
    most: int
    unit: str
    zh: str
    en: str
    choices: tuple[str, ...] = ()  # of a list; none: any word


RULES: dict[str, Rule] = {
    "sign_in_failures": Rule(5, 1, 100, "次", "登录失败几次后锁定", "Failures before sign-in is locked"),
    "sign_in_lock_seconds": Rule(30, 1, 3600, "秒", "首次锁定时长，之后翻倍", "First lock; doubles after that"),
    "sign_in_lock_most_seconds": Rule(900, 1, 86_400, "秒", "最长锁定时长", "Longest lock"),
    "sign_in_oidc_minutes": Rule(10, 1, 60, "分钟", "单点登录请求有效期", "Minutes a single sign-on may take"),
    "sign_in_oidc_leeway_seconds": Rule(
        60, 0, 300, "秒", "与提供方时钟的容差", "Seconds the provider's clock may differ"
    ),
    "session_grace_seconds": Rule(
        10, 0, 60, "秒", "续期答复丢失后可重试的时间", "Seconds in which a lost refresh may be repeated"
    ),
    "password_least_length": Rule(8, 8, 64, "字符", "密码最短长度", "Fewest characters of a new password"),
    "password_first_change": Rule(1, 0, 1, "是/否", "首次登录须改密", "1: a first password is changed at sign-in"),
    "api_key_days": Rule(365, 1, 1095, "天", "接口密钥最长有效期", "Longest life of an API key"),
    "api_key_overlap_hours": Rule(
        24, 0, 720, "小时", "轮换后旧密钥仍有效的时间", "Hours the old secret works after a rotation"
    ),
    "export_days": Rule(7, 1, 30, "天", "个人信息副本保留天数", "Days a copy of one's data is kept"),
    "session_kept_days": Rule(90, 1, 1095, "天", "会话记录保留天数", "Days the record of a session is kept"),
    "session_days": Rule(14, 1, 90, "天", "登录续期的最长天数", "Days a session may be refreshed"),
    "seed_backbone": Rule(2, 1, 50, "人", "种子团队备案所需骨干", "Backbone people a group needs to be filed"),
    "seed_members": Rule(10, 1, 500, "人", "种子团队备案所需成员", "Members a group needs to be filed"),
    "seed_meetings": Rule(1, 0, 50, "次", "种子团队备案所需会议", "Meetings a group needs to be filed"),
    "case_documents": Rule(
        ["application", "charter", "member_list"], 0, 20, "项", "入孵申请必交材料", "Documents an application needs"
    ),
    "case_review_working_days": Rule(5, 1, 60, "工作日", "评审时限", "Working days a review may take"),
    "case_votes": Rule(3, 1, 50, "票", "评审有效票数", "Votes a review needs"),
    "case_notice_days": Rule(7, 1, 90, "天", "入孵公示天数", "Days of public notice"),
    "case_base_capacity": Rule(60, 1, 10_000, "家", "基地入驻容量", "Organisations the base can take in"),
    "case_months": Rule(12, 1, 60, "月", "孵化期", "Months of incubation"),
    "case_extension_months": Rule(12, 1, 60, "月", "最长延长期", "Longest extension in months"),
    "case_total_months": Rule(24, 1, 120, "月", "孵化总期限", "Most months altogether"),
    "case_failed_rechecks": Rule(2, 1, 20, "次", "复查不合格几次可清退", "Failed rechecks that may expel"),
    "case_reentry_days": Rule(
        180, 0, 3650, "天", "清退后再次申请的间隔", "Days before an expelled one may apply again"
    ),
    "specialist_caseload": Rule(30, 1, 1000, "家", "专员最多在办", "Most cases of a specialist"),
    "steward_caseload": Rule(10, 1, 1000, "家", "管家最多在办", "Most cases of a steward"),
    "consultation_working_days": Rule(3, 1, 60, "工作日", "咨询答复时限", "Working days an answer may take"),
    "organisation_assurance_months": Rule(
        12, 1, 120, "月", "组织信息确认周期", "Months after which an organisation's data is confirmed again"
    ),
    "organisation_items_most": Rule(
        50, 1, 1000, "条", "组织每类信息上限", "Most identifiers, contacts, addresses or areas of one organisation"
    ),
    "credit_breach_kinds": Rule(
        ["abnormal_list", "serious_dishonesty_list"],
        0,
        3,
        "类",
        "视为失信的信用信息",
        "Kinds of credit facts that put an organisation in breach",
        ("abnormal_list", "serious_dishonesty_list", "penalty"),
    ),
    "duplicate_least_score": Rule(45, 1, 100, "分", "疑似重复最低分", "Least score of a suspected duplicate"),
    "duplicate_least_likeness": Rule(
        50, 1, 100, "%", "名称相似度下限", "Least likeness of names (Dice of character pairs)"
    ),
    "duplicate_weight_name": Rule(60, 0, 100, "分", "名称相似权重", "Points of a like name, times the likeness"),
    "duplicate_weight_sound": Rule(15, 0, 100, "分", "读音相同权重", "Points of a name that sounds the same"),
    "duplicate_weight_code": Rule(40, 0, 100, "分", "编号相同权重", "Points of a number both have"),
    "duplicate_weight_phone": Rule(30, 0, 100, "分", "电话相同权重", "Points of a phone both have"),
    "duplicate_weight_place": Rule(5, 0, 100, "分", "同社区权重", "Points of the same community"),
    "assessment_assessors": Rule(3, 1, 50, "人", "评估最少评估员", "Assessors an assessment needs"),
    "assessment_appeal_days": Rule(7, 1, 90, "天", "评估结果申诉期", "Days a result may be appealed"),
    "grade_valid_years": Rule(5, 1, 10, "年", "评估等级有效期", "Years a grade 1A–5A holds"),
    "star_valid_years": Rule(3, 1, 10, "年", "星级有效期", "Years a star level of a filed organisation holds"),
    "training_code_seconds": Rule(30, 10, 600, "秒", "签到码更换间隔", "Seconds a check-in code is shown"),
    "training_code_windows": Rule(1, 0, 10, "个", "仍接受的前几个签到码", "Earlier check-in codes still taken"),
    "training_check_in_minutes": Rule(60, 0, 1440, "分钟", "提前多久可签到", "Minutes check-in opens early"),
    "training_late_minutes": Rule(10, 0, 240, "分钟", "迟到宽限", "Minutes of grace before one is late"),
    "case_answer_working_days": Rule(10, 1, 60, "工作日", "补充材料时限", "Working days to answer a question"),
    "case_agreement_working_days": Rule(10, 1, 60, "工作日", "公示后签约时限", "Working days to sign after the notice"),
    "case_reentry_withdrawn_days": Rule(
        0, 0, 3650, "天", "退出后再次申请的间隔", "Days before one that left may apply again"
    ),
    "case_reentry_graduated_days": Rule(
        0, 0, 3650, "天", "出壳后再次申请的间隔", "Days before a graduated one may apply again"
    ),
    "case_exit_assessed": Rule(
        1, 0, 1, "是否", "出壳前须完成出壳能力评估（1 是）", "An exit assessment is needed to graduate (1: yes)"
    ),
    "escalation_roles": Rule(
        ["specialist", "street_staff", "bureau"],
        1,
        8,
        "级",
        "逾期逐级提醒的角色",
        "Roles told of a missed deadline",
        roles.EVERY_ROLE,
    ),
    "escalation_working_days": Rule(2, 1, 60, "工作日", "逐级提醒的间隔", "Working days between escalations"),
    "balance_tolerance": Rule(1, 1, 100, "家", "在办数量允许的差距", "Difference in caseload that needs no balancing"),
    "seed_capable": Rule(0, 0, 50, "人", "种子团队备案所需能人", "Capable residents a group needs to be filed"),
    "seed_quorum_percent": Rule(50, 1, 100, "%", "种子团队会议有效的到会比例", "Share of members that makes a quorum"),
    "citation_documents": Rule(
        0, 0, 1, "是否", "咨询答复必须引用文件库（1 是）", "Answers must cite the library of documents (1: yes)"
    ),
    "capacity_gap_below": Rule(60, 1, 100, "分", "能力短板线", "A score below this is a capacity gap"),
    "visit_every_days": Rule(90, 1, 730, "天", "督导间隔", "Days between supervision visits"),
    "case_term_notice_days": Rule(30, 1, 365, "天", "孵化期满前提醒", "Days before the term ends to prepare the exit"),
    "base_booking_roles": Rule(
        ["cso", "hub", "steward", "specialist", "street_staff", "bureau"],
        0,
        20,
        "类",
        "可预约基地场地的角色",
        "Roles that may book rooms of the base",
        (*roles.STAFF, roles.HUB, roles.CSO, roles.PROVIDER),
    ),
    "base_booking_minutes": Rule(240, 15, 1440, "分钟", "单次预约最长", "Longest booking"),
    "base_booking_step_minutes": Rule(15, 1, 240, "分钟", "预约时刻的步长", "Times of bookings are multiples of this"),
    "base_booking_days_ahead": Rule(30, 1, 730, "天", "最多提前几天预约", "How far ahead one may book"),
    "base_bookings_open": Rule(5, 1, 200, "个", "一个组织未结束的预约上限", "Open bookings of one organisation"),
    "base_no_show_minutes": Rule(15, 1, 240, "分钟", "开始后多久未到算爽约", "Minutes late that make a no-show"),
    "base_no_shows": Rule(3, 1, 100, "次", "几次爽约后暂停预约", "No-shows that bar from booking"),
    "base_no_show_days": Rule(90, 1, 730, "天", "爽约累计期", "Days over which no-shows are counted"),
    "grid_cell_points": Rule(2000, 4, 20_000, "点", "网格边界最多点数", "Most points of a grid cell's boundary"),
}


OF_SIGN_IN = ("sign_in_", "session_", "password_", "api_key_")


def check_owner(role: str, key: str) -> None:
    """Numbers of sign-in are security's, all others the bureau's."""
    if key.startswith(OF_SIGN_IN) != (role == roles.SECURITY):
        raise ForbiddenError(IdentityCode.POLICY_NOT_YOURS, key=key)


def check(key: str, value: Value) -> Rule:
    """The rule of ``key``; raises where the key is unknown or the value out of bounds."""
    rule = RULES.get(key)
    if rule is None:
        raise NotFoundError(RegistryCode.POLICY_NOT_FOUND, key=key)
    words = isinstance(value, list)
    size = len(value) if isinstance(value, list) else value
    if words != isinstance(rule.default, list) or not rule.least <= size <= rule.most:
        raise InvalidError(RegistryCode.POLICY_VALUE_INVALID, key=key, least=rule.least, most=rule.most)
    unknown = sorted(set(value) - set(rule.choices)) if isinstance(value, list) and rule.choices else []
    if unknown:
        raise InvalidError(RegistryCode.POLICY_VALUE_INVALID, key=key, unknown=unknown, choices=list(rule.choices))
    return rule
