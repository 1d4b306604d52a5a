"""The job process reads photos: the file outside any transaction, what was read in one. Each may run twice."""

from __future__ import annotations

from typing import Any

from obstore.store import ObjectStore
from sqlalchemy import select

from chassis import clock, files
from chassis.errors import InvalidError
from chassis.runtime.jobrunner import JobRun
from contracts.projects.codes_evidence import EvidenceCode
from services.projects.evidence import actions, domain, queries
from services.projects.evidence.models import EvidencePhoto
from services.projects.files.queries import HOLDERS

BATCH = 50
SHOWN_TYPE = "image/jpeg"


def read_evidence(run: JobRun) -> dict[str, Any]:
    """``{read, refused}``: every photo of the district that waits."""
    store, counts = files.open_store(), {"read": 0, "refused": 0}
    while waiting := _waiting(run):
        for number, (photo_id, sha256) in enumerate(waiting):
            counts[_read_one(run, store, photo_id, sha256)] += 1
            run.progress(number + 1, len(waiting))
    return counts


def _waiting(run: JobRun) -> list[tuple[str, str]]:
    with run.transaction() as session:
        mine = EvidencePhoto.district_code == run.district_code, EvidencePhoto.status == "waiting"
        statement = select(EvidencePhoto.id, EvidencePhoto.sha256).where(*mine)
        return [(row.id, row.sha256) for row in session.execute(statement.order_by(EvidencePhoto.id).limit(BATCH))]


def _read_one(run: JobRun, store: ObjectStore, photo_id: str, sha256: str) -> str:
    """Loaded here: only the job process decodes images, and the library is large."""
    from services.projects.evidence import reading

    with run.transaction() as session:
        bounds = queries.policy_of(session, run.district_code)
    try:
        content = files.read(store, district=run.district_code, sha256=sha256, limit=bounds["photo_bytes"])
        if content is None:
            raise InvalidError(EvidenceCode.PHOTO_MISSING)
        photo = reading.read_photo(content, bounds)
    except InvalidError as error:
        return _finish(run, photo_id, problem=str(error.to_wire()["code"]))
    file = files.write(store, photo.shown, district=run.district_code, media_type=SHOWN_TYPE)
    facts = {
        **{name: value for name, value in vars(photo).items() if name != "shown"},
        "dhash": domain.signed(photo.dhash),
        "vhash": domain.signed(photo.vhash),
        "file": file,
    }
    return _finish(run, photo_id, facts=facts)


def _finish(run: JobRun, photo_id: str, *, facts: dict[str, Any] | None = None, problem: str = "") -> str:
    with run.transaction() as session:
        row = session.get_one(EvidencePhoto, photo_id, with_for_update={"key_share": True})
        if row.status == "waiting":  # another process may have been first, or staff erased it meanwhile
            now = clock.now(session, run.district_code)
            if facts is not None:
                actions.store_reading(session, row, facts, now=now)
            else:
                actions.store_refusal(session, row, problem=problem, now=now)
    return "refused" if facts is None else "read"


def drop_shown_copy(run: JobRun, *, sha256: str) -> dict[str, Any]:
    """``{dropped}``: the copy goes unless another row shows the same one."""
    with run.transaction() as session:
        free = HOLDERS.count(session, sha256) == 0
    if free:
        files.delete(files.open_store(), district=run.district_code, sha256=sha256)
    return {"dropped": free}
