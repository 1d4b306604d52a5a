"""Turnout: how many voted of how many entitled, by place and channel where the numbers are large enough to be shown."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts import roles
from services.projects.known.models import KnownAccount
from services.projects.rounds.models import Round
from services.projects.votes import domain, queries
from services.projects.votes.models import PaperVoter, Participation

STREET_DIGITS, COMMUNITY_DIGITS = 9, 12


def get_turnout(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row, vote = queries.find_vote(session, round_id, actor)
    rules = queries.rules_of(vote)
    digits = COMMUNITY_DIGITS if row.street_code else STREET_DIGITS
    entitled = _entitled(session, row, rules, digits)
    channels, places = _voted(session, row, digits)
    least = rules["smallest_shown"]
    offered = {"online": channels["online"], **({"paper": channels["paper"]} if rules["paper"] else {})}
    known = sorted({place for place in (*entitled, *places) if place})
    shown = domain.shown({place: places[place] for place in known}, least)
    return {
        "round_id": row.id,
        "status": vote.status,
        "participation": channels.total() if vote.participation is None else vote.participation,
        "entitled": entitled.total(),
        "smallest_shown": least,
        "channels": domain.shown(offered, least),
        "places": [
            {"place_code": place, "participation": shown[place], "entitled": entitled[place]} for place in known
        ],
    }


def _entitled(session: Session, row: Round, rules: dict[str, Any], digits: int) -> Counter[str]:
    """Residents who may vote, by place; the conditions are those of ``rules.reasons``."""
    place = func.left(func.coalesce(KnownAccount.community_code, KnownAccount.street_code, ""), digits)
    statement = select(place, func.count()).where(*_conditions(row, rules)).group_by(place)
    return Counter({str(code): int(number) for code, number in session.execute(statement).all()})


def _conditions(row: Round, rules: dict[str, Any]) -> list[ColumnElement[bool]]:
    found = [KnownAccount.district_code == row.district_code, KnownAccount.role == roles.RESIDENT]
    if row.street_code is not None:
        found.append(KnownAccount.street_code == row.street_code)
    if rules["verification"] == "verified":
        found.append(KnownAccount.verified.is_(True))
    if rules["registered_by"] is not None:
        found.append(KnownAccount.opened_on <= date.fromisoformat(rules["registered_by"]))
    if rules["street_codes"] or rules["community_codes"]:
        streets = KnownAccount.street_code.in_(rules["street_codes"])
        found.append(or_(streets, KnownAccount.community_code.in_(rules["community_codes"])))
    return found


def _voted(session: Session, row: Round, digits: int) -> tuple[Counter[str], Counter[str]]:
    """Who voted, by channel and by place."""
    channels, places = Counter({"online": 0, "paper": 0}), Counter[str]()
    online = _by_place(Participation.place_code, digits).where(
        Participation.round_id == row.id, Participation.channel == "online"
    )
    paper = _by_place(PaperVoter.place_code, digits).where(PaperVoter.round_id == row.id, PaperVoter.status == "marked")
    for channel, statement in (("online", online), ("paper", paper)):
        for place, number in session.execute(statement).all():
            channels[channel] += number
            places[place] += number
    return channels, places


def _by_place(column: Any, digits: int) -> Any:
    place = func.left(func.coalesce(column, ""), digits)
    return select(place, func.count()).group_by(place)
