"""An optional embedding model behind HTTP: texts in, vectors out, in the shape that embedding servers share.

Off unless TEXT_MODEL_URL is set. Only the job process asks it, outside of every transaction.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from chassis.config import setting
from services.resources.vocabulary.vectors import TEXT_MODEL_NEAR, Vector

URL = setting(
    "TEXT_MODEL_URL",
    "",
    "Endpoint of an embedding model: answers POST {model, input: [text]} with {data: [{index, embedding}]}. Suggests a "
    "concept for texts in which no word of the vocabulary is met. It is sent titles and texts: keep it in your own "
    "network. Empty: none.",
)
NAME = setting("TEXT_MODEL_NAME", "", "The model that TEXT_MODEL_URL is asked for.")
KEY_FILE = setting("TEXT_MODEL_KEY_FILE", "", "File with the key that TEXT_MODEL_URL wants as a bearer; empty: none.")
KEY = setting("TEXT_MODEL_KEY", "", "The same key, read from TEXT_MODEL_KEY_FILE.", file=KEY_FILE, listed=False)
TIMEOUT = setting("TEXT_MODEL_TIMEOUT_SECONDS", 20.0, "Seconds TEXT_MODEL_URL may take for one answer.")
BATCH, LONGEST, MOST_BYTES = 32, 500, 1 << 24


class UnusableError(Exception):
    """The endpoint cannot be reached, or answers something else than vectors."""


@dataclass(frozen=True)
class Endpoint:
    """Where the model is and how near is near; a change of either asks for every text again."""

    url: str
    name: str
    key: str
    timeout: float
    near: int

    @property
    def stamp(self) -> str:
        """Of what makes its answers."""
        return hashlib.sha256(f"{self.url}\n{self.name}\n{self.near}".encode()).hexdigest()[:8]

    def vectors(self, texts: Sequence[str]) -> list[Vector]:
        """One of length 1 (or 0) per text; raises :class:`UnusableError`."""
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        found: list[Vector] = []
        try:
            with httpx.Client(timeout=self.timeout, trust_env=False, headers=headers) as client:
                for start in range(0, len(texts), BATCH):
                    found += self._ask(client, [text[:LONGEST] for text in texts[start : start + BATCH]])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnusableError(type(error).__name__) from error
        if len({len(one) for one in found}) > 1:
            raise UnusableError("vectors of several lengths")
        return found

    def _ask(self, client: httpx.Client, texts: list[str]) -> list[Vector]:
        with client.stream("POST", self.url, json={"model": self.name, "input": texts}) as response:
            if response.status_code != httpx.codes.OK:
                raise UnusableError(f"HTTP {response.status_code}")
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise UnusableError("too long an answer")
        return _read(httpx.Response(200, content=bytes(body)), len(texts))


def configured() -> Endpoint | None:
    """As the settings say, if they name one."""
    url = URL.get()
    return Endpoint(url, NAME.get(), KEY.get(), TIMEOUT.get(), TEXT_MODEL_NEAR.get()) if url else None


def _read(response: httpx.Response, count: int) -> list[Vector]:
    try:
        rows: list[Any] = sorted(response.json()["data"], key=lambda row: int(row["index"]))
        found = [_normal([float(number) for number in row["embedding"]]) for row in rows]
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise UnusableError("no vectors") from error
    if [row["index"] for row in rows] != list(range(count)):
        raise UnusableError("not a vector for each text")
    return found


def _normal(numbers: list[float]) -> Vector:
    length = math.hypot(*numbers)
    if not numbers or not math.isfinite(length):
        raise ValueError("no vector")
    return tuple(number / length for number in numbers) if length else tuple(numbers)
