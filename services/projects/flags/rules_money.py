"""Rules of money: spending ahead of time or behind it, outside the project, odd amounts, invoices twice. Pure.

Shares are compared in whole per cent by cross-multiplication; nothing is rounded before it is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction

from services.projects.flags.domain import Finding, Named
from services.projects.flags.facts import Case

Numbers = Mapping[str, int]
FEN = 100
WHOLE = 100


def elapsed(case: Case) -> Fraction | None:
    """Per cent of the project's days that are over; ``None`` where it has no days."""
    if case.starts_on is None or case.ends_on is None or case.ends_on < case.starts_on:
        return None
    days = (case.ends_on - case.starts_on).days + 1
    gone = min(max((case.today - case.starts_on).days, 0), days)
    return Fraction(WHOLE * gone, days)


def spent_ahead(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Of the award more is spent than time has passed, by ``ahead_points`` points."""
    spent = sum(one.amount_fen for one in case.spendings)
    yield from _ahead("spent_ahead", "award", case, spent, case.award_fen, numbers, {})


def line_spent_ahead(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """The same of one budget line."""
    for line, budget_fen in sorted(case.budget.items()):
        spent = sum(one.amount_fen for one in case.spendings if one.line == line)
        yield from _ahead("line_spent_ahead", f"line:{line}", case, spent, budget_fen, numbers, {"line": line})


def _ahead(
    rule: str, key: str, case: Case, spent: int, whole: int, numbers: Numbers, more: Mapping[str, str]
) -> Iterator[Finding]:
    gone = elapsed(case)
    if gone is None or whole <= 0 or not case.running:
        return
    share = Fraction(WHOLE * spent, whole)
    if share >= numbers["min_percent"] and share - gone >= numbers["ahead_points"]:
        facts = {"spent_fen": spent, "of_fen": whole, "percent": int(share), "elapsed": int(gone), **numbers, **more}
        yield Finding(rule, key, facts, (str(spent), str(whole)))


def burning(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """At the pace of the last ``days`` days the award would be exceeded by ``percent`` per cent."""
    if not case.running or case.ends_on is None or case.award_fen <= 0:
        return
    left = (case.ends_on - case.today).days
    if left <= 0:
        return
    since = case.today - timedelta(days=numbers["days"])
    spent = sum(one.amount_fen for one in case.spendings)
    recent = sum(one.amount_fen for one in case.spendings if since < one.spent_on <= case.today)
    projected = spent + Fraction(recent * left, numbers["days"])
    if recent and projected * WHOLE > case.award_fen * (WHOLE + numbers["percent"]):
        facts = {"recent_fen": recent, "left": left, "projected_fen": int(projected), "award_fen": case.award_fen}
        yield Finding("burning", "award", {**facts, **numbers}, (str(spent),))


def underspent(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """``elapsed_percent`` of the time is over and less than ``spent_percent`` of the award is spent."""
    gone = elapsed(case)
    if gone is None or not case.running or case.award_fen <= 0:
        return
    spent = sum(one.amount_fen for one in case.spendings)
    share = Fraction(WHOLE * spent, case.award_fen)
    if gone >= numbers["elapsed_percent"] and share < numbers["spent_percent"]:
        facts = {"spent_fen": spent, "award_fen": case.award_fen, "percent": int(share), "elapsed": int(gone)}
        yield Finding("underspent", "award", {**facts, **numbers}, (str(spent),))


def spending_outside(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Dated more than ``days`` days before the project began or after it ended."""
    slack = timedelta(days=numbers["days"])
    for one in case.spendings:
        early = case.starts_on is not None and one.spent_on < case.starts_on - slack
        late = case.ends_on is not None and one.spent_on > case.ends_on + slack
        if early or late:
            facts = {"spent_on": one.spent_on.isoformat(), "amount_fen": one.amount_fen, **numbers}
            grounds = (one.spent_on.isoformat(), str(one.amount_fen))
            yield Finding("spending_outside", one.id, facts, grounds, (Named("spending", one.id),))


def round_amounts(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """At least ``count`` spendings, and ``percent`` per cent of all, are multiples of ``yuan`` yuan."""
    even = [one for one in case.spendings if one.amount_fen % (numbers["yuan"] * FEN) == 0]
    yield from _share("round_amounts", len(even), len(case.spendings), numbers)


def rest_day_burst(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """At least ``count`` spendings, and ``percent`` per cent of all, are dated on weekends or public holidays."""
    resting = [one for one in case.spendings if one.rest_day]
    yield from _share("rest_day_burst", len(resting), len(case.spendings), numbers)


def _share(rule: str, some: int, whole: int, numbers: Numbers) -> Iterator[Finding]:
    if some >= numbers["count"] and some * WHOLE >= numbers["percent"] * whole:
        yield Finding(rule, "all", {"some": some, "whole": whole, **numbers}, (str(some), str(whole)))


def invoice_repeated(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """The number of an invoice was recorded before; ``exact``: with the same day and amount."""
    for invoice in case.invoices:
        if not invoice.earlier:
            continue
        exact = sum(
            (one.issued_on, one.amount_fen) == (invoice.issued_on, invoice.amount_fen) for one in invoice.earlier
        )
        facts = {"invoice": invoice.number, "times": len(invoice.earlier), "exact": exact, **numbers}
        grounds = tuple(sorted(one.spending_id for one in invoice.earlier))
        others = sorted({one.subject for one in invoice.earlier} - {case.subject})
        named = (Named("spending", invoice.spending_id), *(Named("project", other) for other in others))
        yield Finding("invoice_repeated", f"{invoice.spending_id}:{invoice.number}", facts, grounds, named)
