"""Indexes that find the rows which name a file."""

from __future__ import annotations

from chassis.file_access import index_of
from services.resources.allocations.models import Allocation
from services.resources.gifts.models import GiftUse

INDEXES = (index_of(Allocation, "evidence"), index_of(GiftUse, "photos"))
