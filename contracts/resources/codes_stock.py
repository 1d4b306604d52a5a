"""Refusals of units, lots, batches, conditions, the stock card, gifts and imports of resources."""

from __future__ import annotations

from chassis.codes import Code


class StockCode(Code):
    """What is counted, in which lots, under which conditions."""

    UNIT_NOT_WHOLE = (
        "unit_not_whole",
        "换算成最小单位后不是整数",
        "The quantity is not a whole number of the smallest unit",
    )
    UNIT_OTHER_KIND = "unit_other_kind", "单位不同类，不能换算", "The unit measures something else"
    UNIT_EXISTS = "unit_exists", "该单位已有定义", "The unit is defined already"
    UNIT_BASE_UNKNOWN = "unit_base_unknown", "没有这个基准单位", "No such base unit"
    UNIT_NOT_FOUND = "unit_not_found", "没有这个单位", "No such unit"
    QUANTITY_TOO_LARGE = "quantity_too_large", "数量超过系统上限", "The quantity is beyond what can be counted"
    PACK_INCOMPLETE = (
        "pack_incomplete",
        "整箱须同时填写每箱数量和内装单位",
        "A pack needs both its size and the unit of what is inside",
    )
    LOT_INVALID = "lot_invalid", "起送量或批量超过资源总量", "The lot is larger than the offer"
    LOT_BROKEN = "lot_broken", "须按整批对接", "Only whole lots are given"
    LOT_TOO_SMALL = "lot_too_small", "低于该资源的起送量", "Less than the offer's minimum lot"
    BATCH_EXPIRED = (
        "batch_expired",
        "未过期的批次不足，不能移交",
        "Too little lies in batches that have not expired",
    )
    GOODS_EXPIRED = "goods_expired", "物资已过有效期，不能移交", "The goods are past their last day"
    BATCHES_DISAGREE = (
        "batches_disagree",
        "批次数量之和须等于资源总量，批号不得重复",
        "Batches must have different labels and add up to the offer",
    )
    DISPUTE_TOO_MUCH = (
        "dispute_too_much",
        "裁定的数量超过已移交或少于已使用的数量",
        "More than was handed over, or less than was used",
    )
    OPENING_INVALID = (
        "opening_invalid",
        "开放时段有误或生成的时段过多",
        "The opening hours make no window, or too many",
    )
    PART_OUTSIDE = "window_part_outside", "所选时间不在空闲时段内", "The time lies in no free window"
    USE_NOT_FOUND = "gift_use_not_found", "没有这条使用记录", "No such use of a gift"
    USE_TOO_MUCH = "gift_use_too_much", "使用数量超过已签收且未用的数量", "More than was received and is not used yet"
    USE_AHEAD = "gift_use_ahead", "使用日期不能晚于今天", "A use lies in the future"
    USE_FINISHED = "gift_use_finished", "已登记最后一次使用", "Its last use is recorded already"
    CARD_TOO_LONG = "stock_card_too_long", "变动记录过多，请分页查看", "Too many movements for a file; read the pages"
    GIFT_IN_USE = "gift_in_use", "已使用的部分不能退回", "What was used cannot come back"
    NEED_NOT_SPLITTABLE = (
        "need_not_splittable",
        "该需求只接受一个提供方",
        "The need takes one offer only",
    )
    NEED_ALL_OR_NOTHING = (
        "need_all_or_nothing",
        "该需求须全部落实后才能移交",
        "The need takes all or nothing: nothing moves before all of it is promised",
    )


class Condition(Code):
    """Why an offer's earmarks or a need's gates keep them apart; travels in the reasons of ``match_excluded``."""

    EARMARKED_ORGANISATION = "earmarked_organisation", "定向用于其他组织", "Earmarked for other organisations"
    EARMARKED_GROUP = "earmarked_group", "定向用于其他受益人群", "Earmarked for other groups of beneficiaries"
    CAPACITY = "capacity_too_small", "场地容纳人数不足", "The venue holds too few persons"
    LANGUAGE = "language_missing", "缺少所需语言", "A language is missing"
    MODE = "mode_differs", "线上、线下方式不符", "One is on site, the other online"
    HOURS_PER_WEEK = "hours_per_week_too_few", "每周可服务时间不足", "Too few hours a week"
    NO_SHARED_TIME = "no_shared_time", "可服务时间不重合", "No time of the week suits both"
    TRAINING = "training_missing", "缺少有效的培训", "A training is missing or will have lapsed"
    CERTIFICATE = "certificate_missing", "缺少有效的证件", "A certificate is missing or will have lapsed"
    INSURANCE = "insurance_missing", "没有有效的保险", "There is no insurance, or it will have lapsed"
    AGE = "too_young", "未达到年龄要求", "Younger than the need allows"
    OVERDUE = "need_overdue", "需求已过截止日", "The need's last day is over"
    ONE_PROVIDER = "served_by_another", "该需求只接受一个提供方，且已有着落", "The need takes one provider, and has one"
    LOTS = (
        "lots_do_not_fit",
        "所缺数量凑不成整批或达不到起送量",
        "What is missing is no whole lot, or below the least one",
    )
    WHOLE = (
        "whole_not_there",
        "须由一方一次全部提供，余量不足",
        "The need wants all of it from one, and too little is free",
    )
