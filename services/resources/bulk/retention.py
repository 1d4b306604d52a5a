"""Which jobs of resources read and make sheets; their files go some days after them."""

from __future__ import annotations

from chassis.sheets.retention import Retention
from services.resources.bulk.jobs import JOBS
from services.resources.files.queries import HOLDERS
from services.resources.one_list.jobs import JOB as ONE_LIST

SHEETS = Retention(names=frozenset({*JOBS, ONE_LIST}), holders=HOLDERS)
