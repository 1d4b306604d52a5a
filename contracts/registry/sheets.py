"""Sheets of organisations: columns with both headings, and the words of their choices."""

from __future__ import annotations

from dataclasses import dataclass

MODES = ("dry_run", "all_or_nothing", "valid_rows")
FORMATS = ("xlsx", "csv")
OUTCOMES = ("valid", "registered", "known", "refused")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the sheet. ``name`` is the field of :class:`RegisterOrganisation` it fills; ``taken``: on import."""

    name: str
    zh: str
    en: str
    required: bool = False
    taken: bool = True


COLUMNS: tuple[Column, ...] = (
    Column(name="organisation_id", zh="编号", en="Organisation ID", taken=False),
    Column(name="name", zh="组织名称", en="Name", required=True),
    Column(name="kind", zh="组织类型", en="Kind", required=True),
    Column(name="legal_tier", zh="登记方式", en="Legal tier", required=True),
    Column(name="uscc", zh="统一社会信用代码", en="Credit code"),
    Column(name="filing_number", zh="备案号", en="Filing number"),
    Column(name="responsible_person", zh="负责人", en="Responsible person"),
    Column(name="phone", zh="联系电话", en="Phone"),
    Column(name="fields", zh="服务领域", en="Fields"),
    Column(name="street_code", zh="街道", en="Street"),
    Column(name="community_code", zh="社区", en="Community"),
    Column(name="hub_id", zh="枢纽组织", en="Hub"),
    Column(name="founded_on", zh="成立日期", en="Founded on"),
    Column(name="introduction", zh="简介", en="Introduction"),
    Column(name="status", zh="状态", en="Status", taken=False),
)
KIND_TEXTS = {
    "cso": ("社区社会组织", "Community social organisation"),
    "hub": ("枢纽型社会组织", "Hub organisation"),
    "social_work": ("社会工作机构", "Social work agency"),
    "enterprise": ("企业", "Enterprise"),
    "foundation": ("基金会", "Foundation"),
    "government": ("政府机构", "Government body"),
}
TIER_TEXTS = {
    "registered": ("登记", "Registered"),
    "filed": ("备案", "Filed"),
    "guided": ("指导", "Guided"),
}
STATUS_TEXTS = {"active": ("正常", "Active"), "closed": ("已注销", "Closed")}
REPORT_HEADINGS = (
    ("行", "Row"),
    ("结果", "Outcome"),
    ("编号", "Organisation ID"),
    ("列", "Column"),
    ("代码", "Code"),
    ("说明", "Message (Chinese)"),
    ("英文说明", "Message (English)"),
)
