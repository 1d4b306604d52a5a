"""Makes the keys of a containerised district and lays each where only its readers mount it.

`python -m deploy.share_keys /keys`: all/ holds everything and is mounted by this step alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.local.keys import make_keys, write_private

# Folder → files: a gateway mounts public/ and can forge nothing.
READERS = {
    "registry": ("token.pem", "data.key"),
    "projects": ("trail.pem",),
    "notify": ("notify.key",),
    "internal": ("internal.pem",),
    "admin": ("admin-password",),
    "public": ("token.pub.pem", "trail.pub.pem", "internal.pub.pem"),
}


def share(root: Path) -> None:
    make_keys(root / "all")
    for folder, names in READERS.items():
        (root / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in names:
            content = (root / "all" / name).read_bytes()
            target = root / folder / name
            if not target.exists() or target.read_bytes() != content:
                write_private(target, content)


if __name__ == "__main__":
    share(Path(sys.argv[1]))
