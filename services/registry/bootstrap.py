"""What a district needs before anybody can sign in: its places and its first administrator."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, config, context, db, logging
from chassis.actor import system_actor
from chassis.errors import NotFoundError
from chassis.runtime.execute import Executor
from contracts import roles
from services.registry import settings
from services.registry.accounts import actions
from services.registry.accounts.models import Account
from services.registry.places.actions import import_places
from services.registry.rulebooks.actions import draft_defaults
from services.registry.service import SERVICE

ADMINISTRATOR = "admin"
log = logging.get(__name__)


def bootstrap() -> None:
    """``python -m services.registry bootstrap``: idempotent; the password is only read when the account is new."""
    district = config.DISTRICT.get()
    executor = Executor(SERVICE, db.make_sessions(db.make_engine(db.database_url("registry"), pool_size=1)), None)
    with executor.system_session("bootstrap", district) as session:
        places = seed(session, district_code=district)
        rulebooks = draft_defaults(session, now=clock.now(session, district))
        opened = open_administrator(session, password=_password())
    log.info("bootstrapped", district=district, places=places, rulebooks_drafted=rulebooks, administrator_opened=opened)


def seed(session: Session, *, district_code: str) -> int:
    """The places of the district, how many there are; tests call it too."""
    try:
        made = import_places(session, district_code=district_code)
    except NotFoundError as error:
        raise SystemExit(f"{error.zh} {error.en}: {district_code}") from error
    return 1 + int(made["streets"]) + int(made["communities"])


def import_district(district_code: str) -> None:
    """``python -m services.registry import-places <district code>``: from the national list; safe to repeat."""
    district = district_code or config.DISTRICT.get()
    executor = Executor(SERVICE, db.make_sessions(db.make_engine(db.database_url("registry"), pool_size=1)), None)
    with executor.system_session("import-places", district) as session:
        places = seed(session, district_code=district)
    log.info("places_imported", district=district, places=places)


def open_administrator(session: Session, *, password: str) -> bool:
    """Opens the account ``admin`` where the district has no administrator; ``False`` where it has one."""
    actor = context.of(session).actor
    have = select(Account.id).where(Account.district_code == actor.district_code, Account.role == roles.ADMINISTRATOR)
    if session.scalars(have.limit(1)).first() is not None:
        return False
    row = Account(role=roles.ADMINISTRATOR, street_codes=[], verified=False)
    actions.create(
        session,
        actor=system_actor("bootstrap", actor.district_code),
        now=clock.now(session, actor.district_code),
        row=row,
        login=ADMINISTRATOR,
        password=password,
        name="系统管理员",
    )
    return True


def _password() -> str:
    path = settings.ADMIN_PASSWORD_FILE.get()
    if not path or not Path(path).is_file():
        raise SystemExit("ADMIN_PASSWORD_FILE must name a file with the administrator's password.")
    return Path(path).read_text().strip()
