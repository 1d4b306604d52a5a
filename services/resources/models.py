"""Metadata of the resources database; each capability's models.py derives from ``Base``."""

from __future__ import annotations

from chassis import db


class Base(db.Model):
    """Tables of resources."""

    __abstract__ = True
    metadata = db.new_metadata()
