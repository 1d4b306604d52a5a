"""A grant in the words of the 360Giving Data Standard 1.1. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

VERSION = "1.1"
LIMIT = 20_000


def yuan(fen: int) -> int | float:
    """A number, because the standard wants one; whole yuan stay whole, two decimals are what a double holds exactly
    enough to be printed as they are."""
    return fen // 100 if fen % 100 == 0 else fen / 100


def grant(award: Mapping[str, Any], publisher: Mapping[str, str]) -> dict[str, Any]:
    """``award``: award_id, title, field, amount_fen, disbursed_fen, awarded_on, starts_on, ends_on, organisation_id,
    organisation, street_code, round_id, round, modified_at; plain text, nothing of a person."""
    prefix = publisher["prefix"]
    found: dict[str, Any] = {
        "id": f"{prefix}-{award['award_id']}",
        "title": award["title"],
        "description": f"{award['round']}：{award['title']}（{award['field']}）",
        "currency": "CNY",
        "amountAwarded": yuan(award["amount_fen"]),
        "amountDisbursed": yuan(award["disbursed_fen"]),
        "awardDate": award["awarded_on"],
        "recipientOrganization": [
            {"id": f"{prefix}-{award['organisation_id']}", "name": award["organisation"] or award["organisation_id"]}
        ],
        "fundingOrganization": [{"id": publisher["identifier"], "name": publisher["name"]}],
        "grantProgramme": [{"code": award["round_id"], "title": award["round"]}],
        "fromOpenCall": "Yes",
        "dateModified": award["modified_at"],
    }
    if award["starts_on"] and award["ends_on"]:
        found["plannedDates"] = [{"startDate": award["starts_on"], "endDate": award["ends_on"]}]
    if award["street_code"]:
        place = {"countryCode": "CN", "geoCode": award["street_code"], "geoCodeType": "CN-STREET"}
        found["beneficiaryLocation"] = [place]
    return found


def package(grants: Sequence[Mapping[str, Any]], publisher: Mapping[str, str], *, issued: str) -> dict[str, Any]:
    """The file's content."""
    return {
        "version": VERSION,
        "title": f"{publisher['name']} 公益创投资助",
        "issued": issued,
        "publisher": {"identifier": publisher["identifier"], "name": publisher["name"]},
        "license": publisher["licence"],
        "grants": list(grants),
    }
