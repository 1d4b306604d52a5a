"""The two lists that go in and out as sheets, and all in which they differ."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from chassis.sheets.columns import Column, Texts
from chassis.sheets.report import Wording
from contracts.resources import events_bulk as events
from contracts.resources import sheets
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_bulk import SupplySheetCode
from contracts.resources.codes_stock import StockCode
from contracts.resources.needs import DraftNeed
from contracts.resources.offers import DraftOffer
from services.resources.needs import domain as need_rules
from services.resources.needs import drafting as needs
from services.resources.needs.models import Need
from services.resources.offers import domain as offer_rules
from services.resources.offers import drafting as offers
from services.resources.offers.models import Offer

_ABOUT: dict[str, str] = {
    ResourcesCode.ORGANISATION_UNKNOWN: "organisation_id",
    ResourcesCode.NOT_YOUR_ORGANISATION: "organisation_id",
    ResourcesCode.PROJECT_UNKNOWN: "project_id",
    ResourcesCode.OFFER_EXPIRED: "expires_on",
    ResourcesCode.NEED_DEADLINE_PASSED: "due_on",
    ResourcesCode.OFFER_WINDOW_TAKEN: "windows",
    StockCode.UNIT_NOT_WHOLE: "quantity",
    StockCode.QUANTITY_TOO_LARGE: "quantity",
    StockCode.PACK_INCOMPLETE: "pack_size",
    StockCode.LOT_INVALID: "lot_size",
    StockCode.BATCHES_DISAGREE: "batches",
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """``draft`` checks one and ``store`` writes many; ``id_name``: of the view and of ImportedRow; ``over``: statuses
    of rows that may be drafted again.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    choices: Mapping[str, Texts]
    statuses: Texts
    schema: Schema
    draft: Callable[..., Any]
    store: Callable[[Session, Sequence[Any]], None]
    model: Any
    id_name: str
    over: Collection[str]
    id_heading: tuple[str, str]
    imported: type[events.SheetTaken]
    exported: type[events.SheetMade]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def wording(self) -> Wording:
        """Of the report."""
        return Wording(
            outcomes={"valid": "可导入", "drafted": "已登记", "known": "已存在", "refused": "未通过"},
            known=SupplySheetCode.ROW_KNOWN,
            id_heading=self.id_heading,
        )

    def about(self, code: str, details: Mapping[str, Any]) -> Column | None:
        """Which column a refusal of the rules is about; ``None``: the row."""
        name = details.get("missing") or _ABOUT.get(code) or ("street_code" if "street_code" in details else "")
        return self.by_name.get(str(name))


OFFERS = Listed(
    name="offers",
    title="资源 Offers",
    columns=sheets.OFFER_COLUMNS,
    choices=sheets.OFFER_CHOICES,
    statuses=sheets.OFFER_STATUS_TEXTS,
    schema=DraftOffer(),
    draft=offers.draft,
    store=offers.store,
    model=Offer,
    id_name="offer_id",
    over=offer_rules.ENDED,
    id_heading=("资源编号", "Offer ID"),
    imported=events.OffersImported,
    exported=events.OffersExported,
)
NEEDS = Listed(
    name="needs",
    title="需求 Needs",
    columns=sheets.NEED_COLUMNS,
    choices=sheets.NEED_CHOICES,
    statuses=sheets.NEED_STATUS_TEXTS,
    schema=DraftNeed(),
    draft=needs.draft,
    store=needs.store,
    model=Need,
    id_name="need_id",
    over=(need_rules.MET, need_rules.UNMET, need_rules.CANCELLED),
    id_heading=("需求编号", "Need ID"),
    imported=events.NeedsImported,
    exported=events.NeedsExported,
)
LISTS = {listed.name: listed for listed in (OFFERS, NEEDS)}
