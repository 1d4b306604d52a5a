"""A gate without a network: the list a phone takes along, and what it brings back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events_activities as events
from contracts.projects.attendance import OfflineAnswers, OfflineListView
from contracts.projects.codes_activities import AttendanceCode
from services.projects.activities import domain as activities
from services.projects.activities import queries as planned
from services.projects.activities import signing
from services.projects.activities.models import Activity, SignUp
from services.projects.attendance import correcting, domain, recording
from services.projects.attendance.models import Attendance, OfflineList, OfflineRow
from services.projects.identities.actions import keys_of, meet
from services.projects.personal import mask_name

ON_LIST = ("signed_up", "waiting", "attended")


def issue_offline_list(session: Session, *, actor: Actor, now: datetime, activity_id: str) -> dict[str, Any]:
    """Who signed up, masked, with what verifies their entry passes; good until a while after the end."""
    row = planned.take(session, actor, activity_id)
    row.status = activities.next_status(row.status, "issue_list")
    numbers = planned.numbers_of(session, row.district_code)
    statement = select(SignUp).where(SignUp.activity_id == row.id, SignUp.status.in_(ON_LIST))
    people = session.scalars(statement.order_by(SignUp.number)).all()
    made = OfflineList(
        district_code=row.district_code,
        street_code=row.street_code,
        activity_id=row.id,
        issued_to=actor.account_id,
        issued_at=now,
        valid_until=row.ends_at + timedelta(hours=numbers["list_hours"]),
        people=len(people),
    )
    session.add(made)
    session.flush()
    told = {"list_id": made.id, "people": made.people, "valid_until": made.valid_until.isoformat()}
    recording.tell(session, row, events.OfflineListIssued, **told)
    key = domain.list_key(row.secret, made.id)
    listed = [_listed(row, one, key) for one in people]
    facts = {**_signed(made), "title": row.title, "starts_at": row.starts_at, "ends_at": row.ends_at, "list_key": key}
    times = {"issued_at": made.issued_at, "valid_until": made.valid_until}
    signature = domain.signature_of(row.secret, _signed(made))
    view: dict[str, Any] = OfflineListView().dump({**facts, **times, "people": listed, "signature": signature})
    return view


def _listed(row: Activity, one: SignUp, key: str) -> dict[str, Any]:
    verifier = domain.verifier_of(key, activities.entry_pass_of(row.secret, one.id))
    facts = {"sign_up_id": one.id, "number": one.number, "part": one.part, "status": one.status}
    return {**facts, "name": mask_name(one.name), "verifier": verifier}


def _signed(made: OfflineList) -> dict[str, Any]:
    """What the signature covers: which list of which activity, and until when it is good."""
    return {
        "list_id": made.id,
        "activity_id": made.activity_id,
        "issued_at": made.issued_at.isoformat(),
        "valid_until": made.valid_until.isoformat(),
    }


def upload_offline_check_ins(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    activity_id: str,
    list_id: str,
    signature: str,
    rows: list[dict[str, Any]],
) -> dict[str, Any]:
    """One batch: each row is accepted, or refused with its reason. A row that came before is answered as then."""
    row = planned.take(session, actor, activity_id)
    status = activities.next_status(row.status, "upload")
    if status == "closed" and not planned.is_staff(actor):
        raise ForbiddenError(AttendanceCode.OFFLINE_LATE)
    made = _list(session, row, list_id, signature)
    answers = Batch(session, actor, row, made, now).take(rows)
    counts = {
        "accepted": sum(one["status"] == "accepted" and not one["repeated"] for one in answers),
        "refused": sum(one["status"] == "refused" and not one["repeated"] for one in answers),
        "repeated": sum(one["repeated"] for one in answers),
    }
    if counts["accepted"] or counts["refused"]:
        digest = domain.digest_of([one["row_id"], one["status"], one["attendance_id"]] for one in answers)
        recording.tell(session, row, events.OfflineCheckInsUploaded, list_id=made.id, rows_hash=digest, **counts)
    view: dict[str, Any] = OfflineAnswers().dump({"list_id": made.id, "rows": answers, **counts})
    return view


def _list(session: Session, row: Activity, list_id: str, signature: str) -> OfflineList:
    made = session.get(OfflineList, list_id)
    if made is None or made.activity_id != row.id:
        raise NotFoundError(AttendanceCode.OFFLINE_LIST_NOT_FOUND)
    domain.check_signature(signature, domain.signature_of(row.secret, _signed(made)))
    return made


class Batch:
    """The rows of one upload, under the activity's lock."""

    def __init__(self, session: Session, actor: Actor, row: Activity, made: OfflineList, now: datetime) -> None:
        self.session, self.actor, self.row, self.made, self.now = session, actor, row, made, now
        self.numbers = planned.numbers_of(session, row.district_code)
        self.window = domain.Window(
            opens_at=activities.check_in_opens(row.starts_at, self.numbers),
            ends_at=activities.check_in_ends(row.ends_at, self.numbers),
            issued_at=made.issued_at,
            valid_until=made.valid_until,
            now=now,
        )

    def take(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """In the order of arrival, so that who came first is written down first; answered in the order given."""
        known = self._known([row["row_id"] for row in rows])
        people = self._people([row for row in rows if row["row_id"] not in known])
        answers: dict[str, dict[str, Any]] = {}
        for row in sorted(rows, key=lambda one: (one["arrived_at"], one["row_id"])):
            row_id = row["row_id"]
            if row_id not in answers:
                answers[row_id] = known.get(row_id) or self._answer(row, people.get(row_id))
        return [answers[row_id] for row_id in dict.fromkeys(row["row_id"] for row in rows)]

    def _known(self, row_ids: list[str]) -> dict[str, dict[str, Any]]:
        statement = select(OfflineRow).where(OfflineRow.activity_id == self.row.id, OfflineRow.row_id.in_(row_ids))
        return {one.row_id: _told(one) for one in self.session.scalars(statement)}

    def _people(self, rows: list[dict[str, Any]]) -> dict[str, str | None]:
        """Walk-ins by name and phone, met in one order whoever uploads."""
        keyed = [(keys_of(name=row.get("name"), phone=row.get("phone")), row["row_id"]) for row in rows]
        place: dict[str, Any] = {
            "district_code": self.row.district_code,
            "street_code": self.row.street_code,
            "now": self.now,
        }
        return {row_id: meet(self.session, **place, keys=keys) for keys, row_id in sorted(keyed)}

    def _answer(self, row: Mapping[str, Any], person_id: str | None) -> dict[str, Any]:
        code = attendance_id = None
        try:
            attendance_id = self._write(row, person_id).id
        except FootprintError as error:
            code = error.code
        made = OfflineRow(
            district_code=self.row.district_code,
            street_code=self.row.street_code,
            activity_id=self.row.id,
            list_id=self.made.id,
            row_id=row["row_id"],
            status="refused" if code else "accepted",
            code=code,
            attendance_id=attendance_id,
        )
        self.session.add(made)
        self.session.flush()
        return {**_told(made), "repeated": False}

    def _write(self, row: Mapping[str, Any], person_id: str | None) -> Attendance:
        """Everything is checked before anything is written: a refused row leaves nothing behind."""
        if ("sign_up_id" in row) == ("name" in row) or ("phone" in row and "name" not in row):
            raise InvalidError(AttendanceCode.WALK_IN_INVALID)
        if domain.implausible(row, self.window):
            raise InvalidError(AttendanceCode.OFFLINE_TIME_IMPLAUSIBLE)
        sign_up = self._listed(row) if "sign_up_id" in row else None
        if sign_up is None and not self.row.walk_ins:
            raise ConflictError(AttendanceCode.WALK_IN_REFUSED)
        walk_in = sign_up is None
        if sign_up is None:
            who: dict[str, Any] = {"name": row["name"], "phone": row.get("phone"), "part": row["part"]}
            sign_up, walk_in = signing.admit(self.session, self.row, now=self.now, person_id=person_id, **who)
        before = self._before(sign_up)
        if before is not None:
            return self._merge(before, row)
        said: dict[str, Any] = {
            "at": row["arrived_at"],
            "left_at": row.get("left_at"),
            "method": "offline",
            "walk_in": walk_in,
        }
        return recording.arrive(self.session, self.row, sign_up, now=self.now, numbers=self.numbers, **said)

    def _listed(self, row: Mapping[str, Any]) -> SignUp:
        found = self.session.get(SignUp, row["sign_up_id"])
        if found is None or found.activity_id != self.row.id or found.status == "merged":
            raise NotFoundError(AttendanceCode.OFFLINE_PERSON_UNKNOWN)
        wanted = activities.entry_pass_of(self.row.secret, found.id)
        if row.get("entry_pass") not in (None, wanted):
            raise InvalidError(AttendanceCode.OFFLINE_PASS_WRONG)
        return found

    def _before(self, sign_up: SignUp) -> Attendance | None:
        self.session.flush()
        return self.session.scalars(
            select(Attendance).where(Attendance.sign_up_id == sign_up.id, Attendance.status != "merged")
        ).one_or_none()

    def _merge(self, found: Attendance, row: Mapping[str, Any]) -> Attendance:
        """Seen twice: the earliest arrival and the latest departure hold, and what stood there before stays visible.

        A record that was voided stays void, and a locked one changes by a correction alone.
        """
        if found.status not in domain.CAME:
            raise ConflictError(AttendanceCode.ATTENDANCE_STATE, status=found.status, action="upload")
        arrived, left = domain.merged_times((found.arrived_at, found.left_at), (row["arrived_at"], row.get("left_at")))
        if (arrived, left) == (found.arrived_at, found.left_at):
            return found
        if self.row.status == "closed":
            raise ConflictError(AttendanceCode.OFFLINE_RECORD_LOCKED)
        wanted = {"arrived_at": arrived, "left_at": left, "status": "left" if left else "present"}
        correcting.note_upload(self.session, self.actor, self.row, found, now=self.now, wanted=wanted)
        return found


def _told(made: OfflineRow) -> dict[str, Any]:
    return {
        "row_id": made.row_id,
        "status": made.status,
        "code": made.code,
        "attendance_id": made.attendance_id,
        "repeated": True,
    }
