"""Units: exact conversions with fractions, never a float. Pure.

Everything is stored in the base unit of its kind, the smallest that is counted; a unit nobody defined is a kind of its
own. A box is a pack: so many of what is inside, said by the offer that comes in boxes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from chassis.errors import InvalidError
from contracts.resources.codes_stock import StockCode


@dataclass(frozen=True)
class Unit:
    """``size`` base units make one. ``local``: the district may say otherwise (how many hours a day of work has)."""

    code: str
    base: str
    size: Fraction
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    local: bool = False


@dataclass(frozen=True)
class Pack:
    """A box: ``size`` of ``unit`` inside."""

    size: int
    unit: str


def _unit(code: str, base: str, size: int, zh: str, en: str, *aliases: str, local: bool = False) -> Unit:
    return Unit(code, base, Fraction(size), zh, en, aliases, local)


STANDARD: tuple[Unit, ...] = (
    _unit("g", "g", 1, "克", "gram"),
    _unit("jin", "g", 500, "斤", "jin", "市斤"),
    _unit("kg", "g", 1000, "千克", "kilogram", "公斤"),
    _unit("t", "g", 1_000_000, "吨", "tonne"),
    _unit("ml", "ml", 1, "毫升", "millilitre"),
    _unit("l", "ml", 1000, "升", "litre"),
    _unit("piece", "件", 1, "件", "piece", "个", "pieces", "pcs"),
    _unit("hour", "hour", 1, "小时", "hour", "h", "hours"),
    _unit("day", "hour", 8, "天", "day", "days", "工作日", local=True),
    _unit("fen", "fen", 1, "分", "fen"),
    _unit("yuan", "fen", 100, "元", "yuan"),
    _unit("window", "window", 1, "时段", "window", "个时段"),
    _unit("session", "session", 1, "场", "session", "次", "sessions"),
)


def name_key(text: str) -> str:
    """Width, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@dataclass(frozen=True)
class Table:
    """The units of a district: what it defined itself goes before the standard ones."""

    own: tuple[Unit, ...] = ()
    _by_name: dict[str, Unit] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for unit in (*STANDARD, *self.own):
            for name in names_of(unit):
                self._by_name[name] = unit

    def find(self, text: str) -> Unit:
        """The unit of that name; one that nobody defined is its own base."""
        plain = unicodedata.normalize("NFKC", text).strip()
        return self._by_name.get(name_key(text)) or Unit(plain, plain, Fraction(1), plain, plain)

    def count(self, quantity: int | Fraction, text: str, pack: Pack | None = None, *, most: int) -> tuple[int, str]:
        """``(count, base unit)``. Raises InvalidError where it is no whole number of them, or beyond ``most``."""
        size, base = self.size(text, pack)
        exact = quantity * size
        if exact.denominator != 1:
            raise InvalidError(StockCode.UNIT_NOT_WHOLE, unit=text, base=base, count=str(exact))
        if exact > most:
            raise InvalidError(StockCode.QUANTITY_TOO_LARGE, unit=base, most=most)
        return int(exact), base

    def size(self, text: str, pack: Pack | None = None) -> tuple[Fraction, str]:
        """How many base units one of it is."""
        if pack is None:
            unit = self.find(text)
            return unit.size, unit.base
        inner = self.find(pack.unit)
        return pack.size * inner.size, inner.base

    def as_base(self, quantity: int, text: str | None, base: str, pack: Pack | None, packed: str) -> int:
        """A quantity of a step in the base unit of its row; ``packed`` is the word for the row's pack."""
        if not text:
            return quantity
        is_pack = pack is not None and name_key(text) == name_key(packed)
        size, found = self.size(text, pack if is_pack else None)
        if found != base:
            raise InvalidError(StockCode.UNIT_OTHER_KIND, unit=text, base=base)
        exact = quantity * size
        if exact.denominator != 1:
            raise InvalidError(StockCode.UNIT_NOT_WHOLE, unit=text, base=base, count=str(exact))
        return int(exact)


def names_of(unit: Unit) -> set[str]:
    """Every word for a unit."""
    return {name_key(name) for name in (unit.code, unit.zh, unit.en, *unit.aliases) if name}


def shown(count: int, size: Fraction) -> str:
    """A stored count in a larger unit, exactly: ``2.5``, or ``1/3`` where no decimal is exact."""
    exact = Fraction(count) / size
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(exact)
    sign, left, digits = "-" if exact < 0 else "", abs(exact), ""
    whole, left = divmod(left, 1)
    while left:
        digit, left = divmod(left * 10, 1)
        digits += str(digit)
    return f"{sign}{whole}" + (f".{digits}" if digits else "")


def check_new(unit: Unit, table: Table, bases: Iterable[str]) -> None:
    """A district defines what the table lacks, or says a local one otherwise; the base must be one already."""
    if unit.base not in bases:
        raise InvalidError(StockCode.UNIT_BASE_UNKNOWN, base=unit.base)
    known = {name: table.find(name) for name in names_of(unit)}
    for name, found in known.items():
        defined = name in table._by_name
        if defined and not (found.local and found.code == unit.code):
            raise InvalidError(StockCode.UNIT_EXISTS, unit=found.code)
    if unit.size <= 0:
        raise InvalidError(StockCode.UNIT_NOT_WHOLE, unit=unit.code, base=unit.base, count=str(unit.size))
