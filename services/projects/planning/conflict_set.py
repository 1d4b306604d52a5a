"""Why no timetable exists: a smallest-by-inclusion set of requirements that cannot be met together, by name.

A requirement is that a proposal is pitched, or something that narrows where: an absence, a closed room, conflicts of
interest, an assigned panel, a judge's limit. Removing any one of a minimal set makes the rest possible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.projects.planning import scheduling
from services.projects.planning.domain import Entry, Instance, Judge, Span
from services.projects.planning.scheduling import Effort

TEXTS = {
    "proposal": ("方案需要答辩", "the proposal is to be pitched"),
    "conflicts": ("方案与评委有利益冲突", "judges have a conflict of interest with the proposal"),
    "required": ("方案指定了评委", "the proposal's assigned judges must be there"),
    "presenter_absent": ("答辩人缺席", "the presenter is away"),
    "judge_limit": ("评委场次上限", "the judge's limit of sessions"),
    "room_closed": ("场地不可用", "the room is closed"),
    "judge_absent": ("评委缺席", "the judge is away"),
}


@dataclass(frozen=True, order=True)
class Requirement:
    """``kind`` of :data:`TEXTS`; ``about``: a proposal, a judge or a room; ``span``: from when to when."""

    kind: str
    about: str
    span: Span | None = None

    def explain(self) -> dict[str, object]:
        zh, en = TEXTS[self.kind]
        start, end = self.span or (None, None)
        return {
            "kind": self.kind,
            "about": self.about,
            "starts_at": start.isoformat() if start else None,
            "ends_at": end.isoformat() if end else None,
            "zh": zh,
            "en": en,
        }


def requirements(made: Instance) -> list[Requirement]:
    """Everything an instance asks for, in the order in which it is tried whether it can go: proposals first, so that
    the set names few of them."""
    found = [Requirement("proposal", entry.id) for entry in made.entries]
    for entry in made.entries:
        found += [Requirement("conflicts", entry.id)] if entry.conflicts else []
        found += [Requirement("required", entry.id)] if entry.required else []
        found += [Requirement("presenter_absent", entry.id, span) for span in sorted(set(entry.absences))]
    found += [Requirement("judge_limit", judge.id) for judge in made.judges if judge.sessions_at_most is not None]
    found += [Requirement("room_closed", room, span) for room, span in sorted(set(made.closures))]
    return found + [
        Requirement("judge_absent", judge.id, span) for judge in made.judges for span in sorted(set(judge.absences))
    ]


def restricted(made: Instance, kept: Sequence[Requirement]) -> Instance:
    """The instance with these requirements only."""
    held = set(kept)
    return replace(
        made,
        entries=tuple(_entry(entry, held) for entry in made.entries if Requirement("proposal", entry.id) in held),
        judges=tuple(_judge(judge, held) for judge in made.judges),
        closures=tuple((room, span) for room, span in made.closures if Requirement("room_closed", room, span) in held),
    )


def _entry(entry: Entry, held: set[Requirement]) -> Entry:
    return replace(
        entry,
        conflicts=entry.conflicts if Requirement("conflicts", entry.id) in held else frozenset(),
        required=entry.required if Requirement("required", entry.id) in held else frozenset(),
        absences=tuple(span for span in entry.absences if Requirement("presenter_absent", entry.id, span) in held),
    )


def _judge(judge: Judge, held: set[Requirement]) -> Judge:
    return replace(
        judge,
        sessions_at_most=judge.sessions_at_most if Requirement("judge_limit", judge.id) in held else None,
        absences=tuple(span for span in judge.absences if Requirement("judge_absent", judge.id, span) in held),
    )


@dataclass(frozen=True, kw_only=True)
class ConflictSet:
    """``minimal``: every single removal was shown to help; false where the effort did not suffice to say."""

    requirements: tuple[Requirement, ...]
    minimal: bool


def conflict_set(
    made: Instance,
    *,
    effort: Effort = Effort(work=4.0, seconds=20.0),  # noqa: B008  frozen
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ConflictSet:
    """By deletion in halving chunks; one pass at size one suffices: what a larger set needed a smaller one needs."""
    left = requirements(made)
    sure, size, total = True, max(1, len(left) // 2), len(left)
    while True:
        start = 0
        while start < len(left):
            progress(total - len(left), total)
            trial = left[:start] + left[start + size :]
            possible = scheduling.is_feasible(restricted(made, trial), effort)
            if possible is False:
                left = trial
                continue
            start += size
            sure = sure and not (size == 1 and possible is None)
        if size == 1:
            return ConflictSet(requirements=tuple(left), minimal=sure)
        size //= 2
