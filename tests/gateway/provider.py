"""A real OpenID Connect provider on loopback: ``oidc-provider-mock``, which here also insists on PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import werkzeug.serving
from oidc_provider_mock import User

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


class InsistsOnPkce:
    """Remembers the challenge of each code, and wants its verifier at the token endpoint."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app
        self._challenges: dict[str, str] = {}
        self.refused = 0

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/oauth2/token":
            return self._token(environ, start)
        query = parse_qs(environ.get("QUERY_STRING", ""))

        def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            location = dict(headers).get("Location", "")
            for code in parse_qs(urlsplit(location).query).get("code", []):
                assert query["code_challenge_method"] == ["S256"]
                self._challenges[code] = query["code_challenge"][0]
            return start(status, headers, *rest)

        return self._app(environ, note)

    def _token(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        form = parse_qs(raw.decode())
        digest = hashlib.sha256(form.get("code_verifier", [""])[0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if self._challenges.get(form.get("code", [""])[0]) != challenge:
            self.refused += 1
            start("400 Bad Request", [("Content-Type", "application/json")])
            return [b'{"error": "invalid_grant"}']
        return self._app({**environ, "wsgi.input": io.BytesIO(raw)}, start)


@contextmanager
def provider(users: list[User]) -> Iterator[tuple[str, InsistsOnPkce]]:
    """Its issuer, while it runs."""
    guard = InsistsOnPkce(oidc_provider_mock.app(require_nonce=True, user_claims=users))
    server = werkzeug.serving.make_server("127.0.0.1", 0, guard, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", guard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
