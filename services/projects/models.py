"""Metadata of the projects database; each capability's models.py derives from ``Base``."""

from __future__ import annotations

from chassis import db


class Base(db.Model):
    """Tables of projects."""

    __abstract__ = True
    metadata = db.new_metadata()
