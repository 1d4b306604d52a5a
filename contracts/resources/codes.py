"""Every refusal of the resources service, with the texts people read."""

from __future__ import annotations

from chassis.codes import Code


class ResourcesCode(Code):
    """Offers, needs, matching and allocations."""

    ORGANISATION_UNKNOWN = "resource_organisation_unknown", "没有这个组织", "No such organisation"
    PROJECT_UNKNOWN = "resource_project_unknown", "没有这个项目", "No such project"
    NOT_YOUR_ORGANISATION = (
        "resource_not_your_organisation",
        "只能代表本组织办理",
        "You may act only for your own organisation",
    )
    OFFER_NOT_FOUND = "offer_not_found", "没有这项资源", "No such offer"
    OFFER_WRONG_STATUS = "offer_wrong_status", "资源当前状态不能这样办理", "The offer's status does not allow this"
    OFFER_INCOMPLETE = "offer_incomplete", "资源内容填写不完整", "The offer lacks what its kind needs"
    OFFER_EXPIRED = "offer_expired", "资源已过有效期", "The offer has expired"
    OFFER_INSUFFICIENT = "offer_insufficient", "资源余量不足", "Not enough of the offer is free"
    OFFER_WINDOW_TAKEN = "offer_window_taken", "场地时段已被占用", "The venue is taken at that time"
    NEED_NOT_FOUND = "need_not_found", "没有这项需求", "No such need"
    NEED_WRONG_STATUS = "need_wrong_status", "需求当前状态不能这样办理", "The need's status does not allow this"
    NEED_INCOMPLETE = "need_incomplete", "需求内容填写不完整", "The need lacks what its kind needs"
    NEED_DEADLINE_PASSED = "need_deadline_passed", "需求的截止日期已过", "The need's deadline has passed"
    NEED_EXCEEDED = "need_exceeded", "超过需求的数量", "More than the need still lacks"
    NEED_STILL_ALLOTTED = (
        "need_still_allotted",
        "还有未办结的对接，请先释放或办结",
        "Allocations are still under way; settle them first",
    )
    MATCH_EXCLUDED = "match_excluded", "该资源不能用于该需求", "This offer may not serve this need"
    MATCH_INTERESTED_PARTY = (
        "match_interested_party",
        "捐赠人的利害关系人不得作为受益人（慈善法第四十条）",
        "A donor's interested party may not be its beneficiary (Charity Law, art. 40)",
    )
    MATCHING_ROUND_NOT_FOUND = "matching_round_not_found", "没有这个对接批次", "No such matching round"
    MATCHING_ROUND_WRONG_STATUS = (
        "matching_round_wrong_status",
        "对接批次当前状态不能这样办理",
        "The matching round's status does not allow this",
    )
    MATCHING_ROUND_UNSOLVED = (
        "matching_round_unsolved",
        "求解器没有给出最优解",
        "The solver found no optimal solution",
    )
    ALLOCATION_NOT_FOUND = "allocation_not_found", "没有这项对接", "No such allocation"
    ALLOCATION_WRONG_STATUS = (
        "allocation_wrong_status",
        "对接当前状态不能这样办理",
        "The allocation's status does not allow this",
    )
    ALLOCATION_LAPSED = "allocation_lapsed", "预留已过期", "The reservation has lapsed"
    ALLOCATION_QUANTITY = (
        "allocation_quantity",
        "数量超出这项对接",
        "The quantity is more than this allocation holds",
    )
    ALLOCATION_NOT_PROVIDER = (
        "allocation_not_provider",
        "只有提供方可以办理",
        "Only the providing organisation may do this",
    )
    ALLOCATION_NOT_RECIPIENT = (
        "allocation_not_recipient",
        "只有接收方可以办理",
        "Only the receiving organisation may do this",
    )


class FundsRefusal(Code):
    """Why a funds offer was not reserved for a round's pool line; travels in ``FundsRefused.reason``."""

    OFFER_UNKNOWN = "offer_unknown", "没有这项资金", "No such offer"
    NOT_FUNDS = "not_funds", "该资源不是资金", "The offer is not of funds"
    NOT_THAT_FUNDER = "not_that_funder", "资金不属于该资助方", "The offer is not that funder's"
    NOT_OPEN = "not_open", "资金尚未开放或已关闭", "The offer is not open"
    INSUFFICIENT = "insufficient", "资金余额不足", "Not enough is free"
    EARMARK_MISMATCH = "earmark_mismatch", "不符合资金的定向用途", "Outside the purpose the funds are earmarked for"
    LOTS = "amount_breaks_lots", "金额不是整批或低于起送额", "The amount is no whole lot, or below the least one"


class Exclusion(Code):
    """Why an offer cannot serve a need; shown beside suggestions and round results."""

    UNIT = "unit_differs", "计量单位不同", "Counted in another unit"
    NOTHING_FREE = "nothing_free", "已无余量", "Nothing of it is free"
    INTERESTED_PARTY = "interested_party", "捐赠人的利害关系人", "An interested party of the donor"
    OTHER_STREET = "other_street", "只用于其他街道", "For another street only"
    EARMARKED_STREET = "earmarked_street", "定向用于其他街道", "Earmarked for other streets"
    EARMARKED_FIELD = "earmarked_field", "定向用于其他领域", "Earmarked for other fields"
    SKILLS_MISSING = "skills_missing", "缺少所需技能", "Skills are missing"
    NO_SHARED_TAG = "no_shared_tag", "物品或内容不符", "It is something else"
    NO_FREE_WINDOW = "no_free_window", "截止前没有空闲时段", "No free window before the deadline"
    DECLINED = "declined", "本批次中已被谢绝", "Turned down in this round"
    PAST_EXPIRY = "past_expiry", "已过有效期", "Past its last day"
