"""The budget a project has, and every one it had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.projects.delivery import domain, queries, steps
from services.projects.delivery.models import BudgetVersion, Project

Lines = Sequence[Mapping[str, Any]]


def check(session: Session, project: Project, lines: Lines, *, award_fen: int) -> None:
    """The lines add up to the award, and none is below what it has spent."""
    spent = queries.spent_by_line(session, project.id)
    domain.check_new_budget(lines=lines, award_fen=award_fen, spent_fen_by_line=spent)


def adopt(session: Session, project: Project, lines: Lines, *, source: str, source_id: str, now: datetime) -> None:
    """The budget from now on, and a version that stays. ``source``: awarded, told, decided or agreement."""
    kept = [{"line": row["line"], "amount_fen": row["amount_fen"]} for row in lines]
    if source != "awarded" and kept == project.budget:
        return
    project.budget = kept
    last = session.scalar(select(func.max(BudgetVersion.number)).where(BudgetVersion.project_id == project.id))
    session.add(
        BudgetVersion(
            **steps.belonging(project),
            number=(last or 0) + 1,
            lines=kept,
            source=source,
            source_id=source_id,
            made_at=now,
        )
    )
    session.flush()


def decided_lines(session: Session, project: Project) -> list[dict[str, Any]]:
    """The newest budget somebody decided: small shifts count from there, so that many make no large one."""
    statement = (
        select(BudgetVersion.lines)
        .where(BudgetVersion.project_id == project.id, BudgetVersion.source != "told")
        .order_by(BudgetVersion.number.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none() or project.budget
