"""Keys and tokens of the bench's own, made anew for every run."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import OKPKey

from chassis import ids, tokens
from chassis.actor import Actor

DISTRICT = "370211"


@dataclass(frozen=True)
class Keys:
    """A signing key, its public half in a file, and a data key."""

    folder: Path
    signing: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519"))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / "token.pub.pem").write_bytes(self.signing.as_pem(private=False))
        data_key = self.folder / "data.key"
        data_key.touch(mode=0o600)
        data_key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")

    def environment(self) -> dict[str, str]:
        return {
            "TOKEN_PUBLIC_KEY_FILE": str(self.folder / "token.pub.pem"),
            "DATA_KEY_FILE": str(self.folder / "data.key"),
        }

    def admin_password(self) -> Path:
        """A file; the bootstrap step wants one."""
        file = self.folder / "admin-password"
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12) + "\n")
        return file

    def token(self, role: str = "bureau") -> str:
        """Ten minutes of one role of the whole district: take a fresh one for each cell."""
        who = Actor(account_id=ids.new_id("acc"), role=role, district_code=DISTRICT)
        return tokens.issue(self.signing, who, session_id=ids.new_id("ses"))
