"""Sheets of offers and of needs: columns with both headings, how their cells are read, the words of their choices.

A column named ``earmark_groups`` fills the field ``groups`` of ``earmark``.
"""

from __future__ import annotations

from chassis.sheets.columns import Column, Texts

OUTCOMES = ("valid", "drafted", "known", "refused")
KIND_TEXTS: Texts = {
    "funds": ("资金", "Funds"),
    "materials": ("物资", "Materials"),
    "venue": ("场地", "Venue"),
    "volunteers": ("志愿服务", "Volunteers"),
    "know_how": ("专业支持", "Know-how"),
}
MODE_TEXTS: Texts = {"onsite": ("线下", "On site"), "online": ("线上", "Online"), "either": ("均可", "Either")}
URGENCY_TEXTS: Texts = {"1": ("一般", "Normal"), "2": ("较急", "Soon"), "3": ("紧急", "Urgent")}
OFFER_STATUS_TEXTS: Texts = {
    "draft": ("草稿", "Draft"),
    "verified": ("已核实", "Verified"),
    "open": ("开放", "Open"),
    "partly_reserved": ("部分预留", "Partly reserved"),
    "exhausted": ("已用完", "Exhausted"),
    "expired": ("已过期", "Expired"),
    "withdrawn": ("已撤回", "Withdrawn"),
}
NEED_STATUS_TEXTS: Texts = {
    "draft": ("草稿", "Draft"),
    "verified": ("已核实", "Verified"),
    "open": ("开放", "Open"),
    "partly_met": ("部分满足", "Partly met"),
    "met": ("已满足", "Met"),
    "unmet_closed": ("未满足结案", "Closed unmet"),
    "cancelled": ("已取消", "Cancelled"),
}
OFFER_CHOICES: dict[str, Texts] = {"kind": KIND_TEXTS, "mode": MODE_TEXTS}
NEED_CHOICES: dict[str, Texts] = {**OFFER_CHOICES, "urgency": URGENCY_TEXTS}

_NAME = "名称或编号 / name or id"
_WORDS = "用顿号分隔 / separated by commas"
_CODE = "9 位代码 / 9 digits"
_FLAG = "是或否 / yes or no"
_DAY = "YYYY-MM-DD"
_COUNT = "整数 / a whole number"
_TIMES = "周一 09:00-11:00；周三 14:00-16:00 / Mon 09:00-11:00; Wed 14:00-16:00"


def _words(name: str, zh: str, en: str) -> Column:
    return Column(name=name, zh=zh, en=en, shape="words", values=_WORDS)


def _count(name: str, zh: str, en: str, values: str = _COUNT) -> Column:
    return Column(name=name, zh=zh, en=en, shape="number", values=values)


def _shown(name: str, zh: str, en: str) -> Column:
    return Column(name=name, zh=zh, en=en, taken=False)


_KIND = Column(name="kind", zh="类别", en="Kind", required=True, shape="choice")
_TITLE = Column(name="title", zh="名称", en="Title", required=True)
_SUMMARY = Column(name="summary", zh="说明", en="Summary")
_AMOUNT = Column(
    name="amount", zh="金额（元）", en="Amount (yuan)", shape="money", values="资金必填 / funds: 30000 或 30000.50"
)
_QUANTITY = _count("quantity", "数量", "Quantity", "物资、专业支持必填 / materials and know-how")
_UNIT = Column(name="unit", zh="单位", en="Unit", values="物资必填，如 件、箱、公斤 / materials")
_HOURS = _count("hours", "服务小时", "Hours", "志愿服务必填 / volunteers")
_STREET = Column(name="street_code", zh="街道代码", en="Street code", values=_CODE)
_COMMUNITY = Column(name="community_code", zh="社区代码", en="Community code", values="12 位代码 / 12 digits")
_PLACE = Column(name="place", zh="地点", en="Place")
_PER_WEEK = _count("hours_per_week", "每周小时", "Hours per week")
_MODE = Column(name="mode", zh="服务方式", en="Mode", shape="choice")
_BASE_UNIT = _shown("base_unit", "最小单位", "Smallest unit")

OFFER_COLUMNS: tuple[Column, ...] = (
    _shown("offer_id", "资源编号", "Offer ID"),
    Column(
        name="organisation_id",
        zh="提供方",
        en="Provider",
        shape="organisation",
        values=_NAME + "；提供方本人可留空 / empty: one's own",
    ),
    _KIND,
    _TITLE,
    _SUMMARY,
    _AMOUNT,
    _QUANTITY,
    _UNIT,
    _HOURS,
    _words("skills", "技能", "Skills"),
    Column(
        name="windows",
        zh="场地时段",
        en="Windows",
        shape="windows",
        values="场地必填 / venue: 2026-12-01 09:00-11:00；2026-12-02 14:00-16:00",
    ),
    _words("tags", "标签", "Tags"),
    _words("earmark_fields_of_work", "限定领域", "Earmarked fields"),
    Column(name="earmark_street_codes", zh="限定街道", en="Earmarked streets", shape="words", values=_CODE),
    _words("earmark_groups", "限定人群", "Earmarked groups"),
    Column(name="conditions", zh="使用条件", en="Conditions"),
    _STREET,
    _COMMUNITY,
    _PLACE,
    Column(name="expires_on", zh="有效期至", en="Expires on", shape="date", values=_DAY),
    Column(
        name="interested_organisation_ids",
        zh="利害关系方",
        en="Interested parties",
        shape="organisations",
        values=_NAME + "，" + _WORDS,
    ),
    _count("pack_size", "每箱内装", "Pack size"),
    Column(name="pack_unit", zh="内装单位", en="Pack unit"),
    Column(
        name="batches",
        zh="批次",
        en="Batches",
        shape="batches",
        values="批号 数量 到期日 / label quantity day: A1 30 2027-01-31；A2 10",
    ),
    _count("lot_size", "整批数量", "Lot size"),
    _count("minimum_lot", "起送量", "Minimum lot"),
    _count("capacity", "可容人数", "Capacity"),
    _words("languages", "语言", "Languages"),
    _PER_WEEK,
    Column(name="availability", zh="每周时间", en="Weekly times", shape="times", values=_TIMES),
    Column(
        name="qualifications",
        zh="资质",
        en="Qualifications",
        shape="qualifications",
        values="培训 急救 2027-01-31；保险；证件 社工证 / training, insurance, certificate",
    ),
    _count("youngest_age", "最低年龄", "Youngest age"),
    _MODE,
    Column(
        name="earmarked_organisation_ids",
        zh="定向组织",
        en="Earmarked organisations",
        shape="organisations",
        values=_NAME + "，" + _WORDS,
    ),
    Column(name="story_public", zh="同意公开去向", en="May be told publicly", shape="flag", values=_FLAG),
    _shown("status", "状态", "Status"),
    _BASE_UNIT,
    _shown("free", "余量", "Free"),
    _shown("reserved", "已预留", "Reserved"),
    _shown("handed_over", "已交付", "Handed over"),
)
NEED_COLUMNS: tuple[Column, ...] = (
    _shown("need_id", "需求编号", "Need ID"),
    Column(
        name="organisation_id",
        zh="需求方",
        en="Organisation",
        shape="organisation",
        values=_NAME + "；本组织或项目的需求可留空 / empty: one's own, or the project's",
    ),
    Column(name="project_id", zh="项目编号", en="Project ID"),
    _KIND,
    _TITLE,
    _SUMMARY,
    _AMOUNT,
    _QUANTITY,
    _UNIT,
    _HOURS,
    _words("skills", "所需技能", "Skills"),
    _words("tags", "标签", "Tags"),
    _words("fields_of_work", "领域", "Fields"),
    Column(name="urgency", zh="紧急程度", en="Urgency", shape="choice"),
    Column(name="due_on", zh="截止日期", en="Due on", required=True, shape="date", values=_DAY),
    _STREET,
    _COMMUNITY,
    _PLACE,
    Column(name="all_or_nothing", zh="须全部落实", en="All or nothing", shape="flag", values=_FLAG),
    Column(name="splittable", zh="可由多方提供", en="Splittable", shape="flag", values=_FLAG),
    _words("substitutes", "可替代的标签", "Substitutes"),
    _words("gates_trainings", "须完成的培训", "Trainings required"),
    _words("gates_certificates", "须持有的证件", "Certificates required"),
    Column(name="gates_insured", zh="须有保险", en="Insurance required", shape="flag", values=_FLAG),
    _count("gates_minimum_age", "最低年龄", "Minimum age"),
    _words("languages", "所需语言", "Languages"),
    _count("persons", "使用人数", "Persons"),
    _PER_WEEK,
    Column(name="times", zh="每周时间", en="Weekly times", shape="times", values=_TIMES),
    _MODE,
    _words("beneficiary_groups", "受益人群", "Groups of beneficiaries"),
    _shown("status", "状态", "Status"),
    _BASE_UNIT,
    _shown("allotted", "在途", "Allotted"),
    _shown("received", "已收到", "Received"),
)
