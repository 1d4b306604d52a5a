"""Long work of privacy: the copy of somebody's data, and sealing anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.reseal import reseal_batch, sealed_columns
from chassis.runtime.jobrunner import JobRun
from services.registry import scope
from services.registry.accounts.models import Account
from services.registry.accounts.queries import render_own
from services.registry.consultations.models import Consultation
from services.registry.models import Base
from services.registry.privacy.models import Consent, PersonalAccess, PersonalExport
from services.registry.privacy.queries import entry, render_consent
from services.registry.seed_groups.models import SeedMember
from services.registry.sessions.models import SignInSession
from services.registry.trainings.models import TrainingAttendance

Ask = Callable[[str], dict[str, Any]]  # of an account: what each other service keeps about it
_SESSION = ("id", "method", "device", "address_prefix", "started_at", "last_seen_at", "expires_at", "revoked_at")
_MEMBER = ("id", "seed_group_id", "kind", "name", "phone", "strengths", "joined_at")
_ATTENDED = ("id", "training_id", "number", "organisation_id", "name", "phone", "status", "method", "checked_in_at")
_CONSULTATION = ("id", "topic", "question", "answer", "asked_at", "answered_at", "status")


def export_personal_data(run: JobRun, export_id: str, *, ask: Ask) -> dict[str, Any]:
    """Every service's data about whoever asked, sealed, for them alone. The job's own row holds none of it."""
    with run.transaction() as session:
        asked = session.get(PersonalExport, export_id)
        account_id = asked.account_id if asked is not None else None
    others = ask(account_id) if account_id is not None else {}
    with run.transaction() as session:
        row = session.get(PersonalExport, export_id, with_for_update=True)
        if row is None:  # the account was erased meanwhile, or a newer copy asked for
            return {"export_id": export_id, "made": False}
        row.content = msgspec.json.encode({**_document(session, row.account_id), **others}).decode()
        row.made_at = clock.system_now()
        return {"export_id": export_id, "made": True}


def _document(session: Session, account_id: str) -> dict[str, Any]:
    account = session.get_one(Account, account_id)
    seen = or_(PersonalAccess.subject_id == account_id, PersonalAccess.account_id == account_id)
    return {
        "format": "footprint-personal-export/2",
        "account": render_own(account),
        "sessions": _rows(session, SignInSession, SignInSession.account_id == account_id, _SESSION),
        "consents": [render_consent(row) for row in session.scalars(_of(Consent, Consent.account_id == account_id))],
        "access_log": [entry(session, row) for row in session.scalars(_of(PersonalAccess, seen))],
        "seed_group_memberships": _rows(session, SeedMember, SeedMember.account_id == account_id, _MEMBER),
        "trainings": _rows(session, TrainingAttendance, TrainingAttendance.account_id == account_id, _ATTENDED),
        "consultations": _rows(session, Consultation, Consultation.account_id == account_id, _CONSULTATION),
    }


def _of(model: Any, condition: Any) -> Any:
    return select(model).where(condition).order_by(model.id)


def _rows(session: Session, model: Any, condition: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = session.scalars(_of(model, condition))
    return [msgspec.to_builtins({name: scope.columns(row)[name] for name in names}) for row in rows]


def reseal_personal_data(run: JobRun) -> dict[str, int]:
    """Every encrypted column, batch by batch, each in a transaction of its own; may be run again at any time."""
    columns, done = list(sealed_columns([Base.metadata])), 0
    for number, one in enumerate(columns):
        while True:
            with run.transaction() as session:
                batch = reseal_batch(session, one)
            if not batch:
                break
            done += batch
        run.progress(number + 1, len(columns))
    return {"columns": len(columns), "values": done}
