"""A client as anybody would write one: sign in, send an idempotency key, retry what may be retried."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

RETRY_SECONDS = 60.0
RETRY_CODES = {"trail_behind", "service_unavailable", "deadline_exceeded"}


class ApiError(Exception):
    """The gateway's problem document."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        try:
            self.problem: dict[str, Any] = response.json()
        except ValueError:
            self.problem = {"title": response.text[:300]}
        self.status = response.status_code
        self.code = str(self.problem.get("code", ""))
        super().__init__(f"{method} {path} → {self.status} {self.problem}")


@dataclass
class Person:
    """Who signs in, and the token that came of it: good at every gateway of the district."""

    login: str = ""
    password: str = ""
    token: str = ""
    calls: int = 0


class Session:
    """One signed-in account at one gateway; usable from several threads."""

    def __init__(self, url: str, http: httpx.Client, person: Person) -> None:
        self.url = url.rstrip("/")
        self.http = http
        self.person = person

    def at(self, url: str) -> Session:
        """The same account at another gateway."""
        return Session(url, self.http, self.person)

    def bearer(self) -> str:
        """The access token, signing in first where there is none."""
        if not self.person.token:
            self._sign_in()
        return self.person.token

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: dict[str, Any] | None = None, **fields: Any) -> Any:
        return self._send("POST", path, json={**(body or {}), **fields})

    def put(self, path: str, body: dict[str, Any] | None = None, **fields: Any) -> Any:
        return self._send("PUT", path, json={**(body or {}), **fields})

    def patch(self, path: str, body: dict[str, Any] | None = None, **fields: Any) -> Any:
        return self._send("PATCH", path, json={**(body or {}), **fields})

    def upload(self, content: bytes, media_type: str) -> dict[str, Any]:
        """Store evidence; answers ``{sha256, size, media_type}``."""
        reply: dict[str, Any] = self._send("POST", "/v1/files", content=content, headers={"Content-Type": media_type})
        return reply

    def every(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, limit=200, **query)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def refused(self, method: str, path: str, body: dict[str, Any] | None = None) -> str:
        """The code with which a call is refused; an error if it is not."""
        try:
            self._send(method, path, json=body) if body is not None else self._send(method, path)
        except ApiError as error:
            return error.code
        raise AssertionError(f"{method} {path} was not refused")

    def _send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> Any:
        headers = {**(headers or {})}
        if method != "GET":
            headers["Idempotency-Key"] = secrets.token_hex(16)
        until = time.monotonic() + RETRY_SECONDS
        wait = 0.1
        while True:
            error = self._try(method, path, headers, kwargs)
            if not isinstance(error, Exception):
                return error[0]
            if time.monotonic() > until:
                raise error
            time.sleep(wait)
            wait = min(wait * 2, 2.0)

    def _try(self, method: str, path: str, headers: dict[str, str], kwargs: dict[str, Any]) -> Any:
        """A one-tuple with the answer, or an exception that may pass if tried again; raises what will not."""
        try:
            if self.person.login:
                headers["Authorization"] = f"Bearer {self.bearer()}"
            response = self.http.request(method, self.url + path, headers=headers, **kwargs)
        except httpx.TransportError as error:
            return error
        self.person.calls += 1
        if response.status_code < 400:
            return (response.json() if response.content else None,)
        problem = ApiError(method, path, response)
        if problem.status == 401 and self.person.login:
            self.person.token = ""
            return problem
        if problem.status in {502, 503, 504} or problem.code in RETRY_CODES:
            return problem
        raise problem

    def _sign_in(self) -> None:
        path = "/v1/sessions"
        response = self.http.post(self.url + path, json={"login": self.person.login, "password": self.person.password})
        if response.status_code >= 500:
            raise httpx.ConnectError(f"sign-in: {response.status_code}")
        if response.status_code >= 400:
            raise ApiError("POST", path, response)
        self.person.token = response.json()["access_token"]
