"""Rules of photos: used twice, looking alike, taken at the wrong time or place. Pure.

Whoever uses a photo later is asked; the one who used it first has nothing to explain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from chassis.clock import SHANGHAI
from services.projects.flags.domain import Finding, Named
from services.projects.flags.facts import Case, Happening, Photo, Twin, Uses
from services.projects.orders.domain import distance_m

Numbers = Mapping[str, int]
METRES = 1000
_SEPARATE = ("milestone", "activity", "order", "spending")


def photo_reused(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """The same file shows another project or order, or another milestone or activity of this one."""
    for photo in case.photos:
        others = [twin for twin in photo.twins if twin.same and _counts(case, photo, twin)]
        inside = _inside(photo.uses) if numbers["inside"] else 0
        if others or inside:
            facts = {"elsewhere": len(others), "steps": inside, **numbers}
            yield _of_twins("photo_reused", case, photo, others, facts, *(f"{inside}" for _ in [0] if inside))


def _inside(uses: Uses) -> int:
    """In how many different milestones (or activities) of one project the file is, where that is more than one."""
    counts = [len({source_id for kind, source_id in uses if kind == source}) for source in _SEPARATE]
    return max(count if count > 1 else 0 for count in counts)


def photo_similar(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """A picture looks like one of another project, order, milestone or activity: within ``bits`` of 64 bits."""
    yield from _similar("photo_similar", case, numbers, receipts=False)


def receipt_similar(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """The same of the pictures of receipts."""
    yield from _similar("receipt_similar", case, numbers, receipts=True)


def _similar(rule: str, case: Case, numbers: Numbers, *, receipts: bool) -> Iterator[Finding]:
    for photo in case.photos:
        others = [
            twin
            for twin in photo.twins
            if not twin.same
            and twin.bits <= numbers["bits"]
            and _counts(case, photo, twin)
            and receipts == (_is_receipt(photo.uses) and _is_receipt(twin.uses))
        ]
        if others:
            facts = {"elsewhere": len(others), "nearest": min(twin.bits for twin in others), **numbers}
            yield _of_twins(rule, case, photo, others, facts)


def _is_receipt(uses: Uses) -> bool:
    return any(source == "spending" for source, _ in uses)


def _counts(case: Case, photo: Photo, twin: Twin) -> bool:
    """Used before, and for something else: a series of pictures of one activity is no repetition."""
    if not twin.earlier:
        return False
    if twin.subject != case.subject:
        return True
    for kind in _SEPARATE:
        mine = {source_id for source, source_id in photo.uses if source == kind}
        theirs = {source_id for source, source_id in twin.uses if source == kind}
        if mine and theirs and not mine & theirs:
            return True
    return False


def _of_twins(rule: str, case: Case, photo: Photo, others: list[Twin], facts: Mapping[str, int], *more: str) -> Finding:
    subjects = sorted({twin.subject for twin in others} - {case.subject})
    named = [Named("order" if subject.startswith("ord_") else "project", subject) for subject in subjects]
    grounds = (*sorted(twin.photo_id for twin in others), *more)
    return Finding(rule, photo.id, facts, grounds, (Named("photo", photo.id), *named))


def photo_before(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Taken more than ``days`` days before the project began."""
    if case.starts_on is None:
        return
    first = datetime.combine(case.starts_on - timedelta(days=numbers["days"]), time(), SHANGHAI)
    for photo in case.photos:
        if photo.taken_at is not None and photo.taken_at < first:
            grounds = (_day(photo.taken_at), case.starts_on.isoformat())
            facts = {"taken_on": grounds[0], "starts_on": grounds[1], **numbers}
            yield Finding("photo_before", photo.id, facts, grounds, (Named("photo", photo.id),))


def photo_outside(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Taken more than ``minutes`` minutes before the activity began or after it ended."""
    slack = timedelta(minutes=numbers["minutes"])
    for photo, happening in _shown(case):
        if photo.taken_at is None:
            continue
        if happening.starts_at - slack <= photo.taken_at <= happening.ends_at + slack:
            continue
        apart = max(happening.starts_at - photo.taken_at, photo.taken_at - happening.ends_at)
        facts: dict[str, int | str] = {
            "apart": int(apart.total_seconds() // 60),
            "taken_on": _day(photo.taken_at),
            **numbers,
        }
        grounds = (photo.taken_at.isoformat(), happening.starts_at.isoformat(), happening.ends_at.isoformat())
        yield _of_happening("photo_outside", photo, happening, facts, grounds)


def photo_far(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Taken more than ``km`` km from the place of the activity or order."""
    for photo, happening in _shown(case):
        if photo.latitude is None or photo.longitude is None:
            continue
        if happening.latitude is None or happening.longitude is None:
            continue
        metres = distance_m(photo.latitude, photo.longitude, happening.latitude, happening.longitude)
        if metres > numbers["km"] * METRES:
            grounds = (f"{happening.latitude}", f"{happening.longitude}")
            facts = {"apart_km": metres // METRES, **numbers}
            yield _of_happening("photo_far", photo, happening, facts, grounds)


def _shown(case: Case) -> Iterator[tuple[Photo, Happening]]:
    """Photos with the activity or order they are to show."""
    happenings = {happening.id: happening for happening in case.happenings}
    for photo in case.photos:
        for source, source_id in sorted(photo.uses):
            if source in ("activity", "order") and source_id in happenings:
                yield photo, happenings[source_id]


def _of_happening(
    rule: str, photo: Photo, happening: Happening, facts: Mapping[str, int | str], grounds: tuple[str, ...]
) -> Finding:
    named = [Named("photo", photo.id)]
    if happening.id != happening.subject:
        named.append(Named("activity", happening.id))
    return Finding(rule, f"{photo.id}:{happening.id}", facts, grounds, tuple(named))


def _day(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).date().isoformat()
