"""The gateway over the notes service for one HTTP server process: ``gunicorn 'tests.gateway.notes_app:make()'``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gateway.api import files
from gateway.app import create_app
from tests import kit
from tests.gateway import notes
from tests.gateway.kit import make_deps


def make() -> Any:
    """Writes a bureau officer's token to the file ``TOKEN_FILE`` names."""
    Path(os.environ["TOKEN_FILE"]).write_text(kit.token(kit.actor("bureau")))
    routes = (*notes.ROUTES, *files.ROUTES)
    return create_app(make_deps(kit.make_host("notes"), routes=routes, catalogue=notes.CATALOGUE))
