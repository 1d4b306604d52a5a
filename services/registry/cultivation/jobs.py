"""Computing a large district's list, in the job process."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from chassis import clock
from chassis.runtime.jobrunner import JobRun
from chassis.sheets.work import acting_as, actor_of
from services.registry.cultivation import computing
from services.registry.cultivation.models import CultivationList


def compute_cultivation_list(run: JobRun, *, list_id: str, actor: dict[str, Any]) -> dict[str, Any]:
    """``{list_id, included}``; ``included`` null where the draft was given up meanwhile.

    The facts are read without a lock; the list is locked only while its entries are written.
    """
    with acting_as(run, actor_of(actor)) as session:
        ranked, streets = computing.choose(session, session.get_one(CultivationList, list_id), run.progress)
        wanted = select(CultivationList).filter_by(id=list_id).with_for_update()
        row = session.scalars(wanted.execution_options(populate_existing=True)).one()
        if row.computing_job_id != run.job_id or row.status != "draft":
            return {"list_id": list_id, "included": None}
        computing.write(session, row, ranked, streets, now=clock.now(session, row.district_code))
    run.progress(1, 1)
    return {"list_id": list_id, "included": len(ranked)}
