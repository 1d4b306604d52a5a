"""Sheets of organisations: columns with both headings, and the words of their choices."""

from __future__ import annotations

from chassis.sheets.columns import Column

OUTCOMES = ("valid", "registered", "known", "refused")
_NAMES = "名称或代码，用顿号分隔 / names or codes, separated by commas"
COLUMNS: tuple[Column, ...] = (
    Column(name="organisation_id", zh="编号", en="Organisation ID", taken=False),
    Column(name="name", zh="组织名称", en="Name", required=True),
    Column(name="kind", zh="组织类型", en="Kind", required=True),
    Column(name="legal_tier", zh="登记方式", en="Legal tier", required=True),
    Column(name="uscc", zh="统一社会信用代码", en="Credit code"),
    Column(name="filing_number", zh="备案号", en="Filing number"),
    Column(name="responsible_person", zh="负责人", en="Responsible person", personal=True),
    Column(name="phone", zh="联系电话", en="Phone", personal=True),
    Column(name="fields", zh="服务领域", en="Fields", values=_NAMES),
    Column(name="street_code", zh="街道", en="Street", values="名称或 9 位代码 / name or 9 digits"),
    Column(name="community_code", zh="社区", en="Community", values="名称或 12 位代码 / name or 12 digits"),
    Column(name="hub_id", zh="枢纽组织", en="Hub", values="名称、信用代码或编号 / name, credit code or id"),
    Column(name="founded_on", zh="成立日期", en="Founded on", values="YYYY-MM-DD"),
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
ID_HEADING = ("编号", "Organisation ID")
