"""An address may hold a text of Chinese: gunicorn's own limit of 4 094 bytes would end it at 440 characters."""

from __future__ import annotations

import runpy
from urllib.parse import quote

from tests.house.kit import ROOT


def test_a_text_of_eight_hundred_chinese_characters_fits_into_an_address() -> None:
    line = f"GET /v1/text-readings?text={quote('轮椅' * 400)} HTTP/1.1"
    assert len(line) < runpy.run_path(str(ROOT / "gunicorn.conf.py"))["limit_request_line"]
