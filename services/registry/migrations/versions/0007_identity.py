"""Identity: sessions, API keys, consent, access log, revoked sessions

Revision: 0007, after 0003

Expand only. ``login`` and ``name`` of an account may be null from now on: an erased account has none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)
