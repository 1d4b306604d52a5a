"""The conditions a district starts with, number 0 of each legal form; the bureau sets its own over them."""

from __future__ import annotations

from datetime import date
from typing import Any

VALID_FROM = date(2016, 2, 6)  # the revision of 社会团体登记管理条例 in force
_ASSOCIATION = "社会团体登记管理条例 第十条"
_SERVICE = "民办非企业单位登记管理暂行条例 第八条"
_FOUNDATION = "基金会管理条例 第八条"


def _rule(key: str, zh: str, en: str, source: str, needs: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "zh": zh, "en": en, "source": source, "needs": needs}


def _yes(fact: str) -> dict[str, Any]:
    return {"fact": fact, "is": True}


def _common(source: str) -> list[dict[str, Any]]:
    """What all three ask, in words of their own."""
    return [
        _rule(
            "name_and_organs",
            "有规范的名称和必要的组织机构",
            "A proper name and the necessary organs",
            source,
            {"all": [_yes("name_fits"), _yes("has_organs")]},
        ),
        _rule("charter", "有章程", "A charter", source, _yes("has_charter")),
        _rule("premises", "有固定的住所或必要的场所", "Premises", source, _yes("has_premises")),
        _rule("liability", "能独立承担民事责任", "Bears civil liability by itself", source, _yes("bears_liability")),
    ]


RULES: dict[str, list[dict[str, Any]]] = {
    "association": [
        _rule(
            "members",
            "50个以上个人会员，或30个以上单位会员；混合组成的，会员总数不少于50个",
            "50 individual or 30 unit members; of both kinds together, 50",
            _ASSOCIATION,
            {
                "any": [
                    {"fact": "individual_members", "least": 50},
                    {"fact": "unit_members", "least": 30},
                    {"sum": ["individual_members", "unit_members"], "least": 50},
                ]
            },
        ),
        *_common(_ASSOCIATION),
        _rule(
            "staff",
            "有与业务活动相适应的专职工作人员",
            "Full-time staff fit for its work",
            _ASSOCIATION,
            {"fact": "full_time_staff", "least": 1},
        ),
        _rule(
            "capital",
            "有合法的资产和经费来源，活动资金3万元以上（地方性社会团体）",
            "Lawful assets and income, 30 000 yuan of funds (a local association)",
            _ASSOCIATION,
            {"all": [_yes("has_lawful_income"), {"fact": "capital_fen", "least": 3_000_000}]},
        ),
    ],
    "social_service": [
        _rule(
            "supervisor",
            "经业务主管单位审查同意（直接登记的由登记机关认定）",
            "Approved by its supervising unit, or of a field that is registered directly",
            _SERVICE,
            _yes("has_supervisor_approval"),
        ),
        *_common(_SERVICE),
        _rule(
            "staff",
            "有与业务活动相适应的从业人员",
            "Staff fit for its work",
            _SERVICE,
            {"fact": "staff", "least": 1},
        ),
        _rule(
            "capital",
            "有与业务活动相适应的合法财产，非国有资产不低于三分之二（开办资金数额以当地规定为准）",
            "Lawful property fit for its work, two thirds of it not the state's (the sum is a local rule)",
            _SERVICE,
            {
                "all": [
                    {"fact": "capital_fen", "least": 3_000_000},
                    {"fact": "non_state_capital_percent", "least": 67},
                ]
            },
        ),
    ],
    "foundation": [
        _rule(
            "purpose", "为特定的公益目的而设立", "For a purpose of public good", _FOUNDATION, _yes("charitable_purpose")
        ),
        *_common(_FOUNDATION),
        _rule(
            "staff",
            "有与开展活动相适应的专职工作人员",
            "Full-time staff fit for its work",
            _FOUNDATION,
            {"fact": "full_time_staff", "least": 1},
        ),
        _rule(
            "capital",
            "原始基金不低于200万元，且为到账货币资金（非公募基金会）",
            "2 000 000 yuan, paid in as money (a foundation that does not raise funds in public)",
            _FOUNDATION,
            {"all": [{"fact": "capital_fen", "least": 200_000_000}, _yes("capital_paid_in")]},
        ),
    ],
}
