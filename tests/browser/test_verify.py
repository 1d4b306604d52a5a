"""The page at /verify in headless Chromium: it says what the verifier of the command line says, from disk, alone."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from services.projects.trail import canonical, keys, verify
from tests.unit.projects.test_trail_verify import KEY, RECEIPT, altered, places, put

pytestmark = pytest.mark.browser
PAGE = resources.files("gateway.pages").joinpath("verify.html").read_text(encoding="utf-8")
HARNESS = """
<script type="application/json" id="cases">%s</script><pre id="out"></pre>
<script>
(async () => {
  const said = [];
  for (const text of JSON.parse(document.getElementById("cases").textContent)) {
    try { await verify(text, null); said.push("ok"); } catch (error) { said.push(error.where || String(error)); }
  }
  document.getElementById("out").textContent = JSON.stringify(said);
})();
</script>
"""


def dom(address: str, folder: Path, *more: str) -> str:
    """The page as it is a moment after it was opened."""
    browser = os.environ.get("FOOTPRINT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.fail("no Chromium: apt-get install chromium, or name one in FOOTPRINT_CHROMIUM")
    command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--virtual-time-budget=20000", *more, "--dump-dom", address]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120).stdout


def verdicts(texts: list[str], folder: Path) -> list[str]:
    """What the page's own function says of each."""
    page = folder / "cases.html"
    cases = json.dumps(texts).replace("<", "\\u003c")
    page.write_text(PAGE.replace("</body>", HARNESS.replace("%s", cases) + "</body>"), encoding="utf-8")
    found = re.search(r'<pre id="out">(.*?)</pre>', dom(page.as_uri(), folder), re.DOTALL)
    assert found
    said: list[str] = json.loads(unescape(found[1]))
    return said


def ours(text: str) -> str:
    try:
        verify.verify_receipt(verify.read_receipt(text.encode()))
    except verify.ReceiptError as error:
        return error.where
    return "ok"


def mutations() -> list[str]:
    """Every value of a receipt changed, members added and left out, and what is not strict JSON."""
    good = canonical.encode(RECEIPT)
    found = [good, json.dumps(RECEIPT, indent=2), json.dumps({**RECEIPT, "payload": None, "salt": None})]
    for path in places(RECEIPT):
        original: Any = RECEIPT
        for step in path:
            original = original[step]
        found += [json.dumps(put(RECEIPT, path, value)) for value in altered(original)]
    for name in RECEIPT:
        found.append(json.dumps({key: value for key, value in RECEIPT.items() if key != name}))
        found.append(json.dumps({**RECEIPT, name + "x": 1}))
    found += ["", "{", "[1]", good + " x", good.replace("{", '{"version":1,', 1), '{"__proto__":1}']
    found += [good.replace('"index":6', f'"index":{spelt}') for spelt in ("6.0", "06", "6e0", "-6", "+6")]
    found += [good.replace(":60", f":{spelt}") for spelt in ("60.0", "6e1", "060", "6.1")]
    found += [good.replace('"score":4.5', f'"score":{spelt}') for spelt in ("4.50", "45e-1", "1e999")]
    found += [good.replace("cso", "\\ud800"), good.replace("cso", "\\u0063so"), good.replace("cso", "c\nso")]
    found += [json.dumps(put(RECEIPT, ("head", "algorithm"), "sm2-sm3"))]
    return found


def test_the_page_and_the_command_line_say_the_same_of_every_mutation(tmp_path: Path) -> None:
    texts = mutations()
    said = verdicts(texts, tmp_path)
    assert len(said) == len(texts) > 150
    differ = [(text[:200], ours(text), page) for text, page in zip(texts, said, strict=True) if ours(text) != page]
    assert differ == []
    assert said.count("ok") >= 3


@pytest.mark.parametrize("pinned", ["", keys.public_bytes(KEY).hex(), keys.public_bytes(KEY).hex(" ", 4), "00" * 32])
def test_a_person_reads_the_verdict_on_the_page(tmp_path: Path, pinned: str) -> None:
    page = tmp_path / "verify.html"
    page.write_text(PAGE, encoding="utf-8")
    receipt = base64.urlsafe_b64encode(canonical.encode(RECEIPT).encode()).decode()
    shown = dom(f"{page.as_uri()}#receipt={receipt}&key={pinned}", tmp_path).partition("<script>")[0]
    if pinned == "00" * 32:
        assert 'data-verdict="failed"' in shown
        assert "public_key：不是您给出的公钥" in shown
        return
    assert "order_delivered" in shown
    assert "2026-03-01 09:02:03 北京时间" in shown
    assert ("校验通过" in shown) is bool(pinned)
    assert ("请与区民政局公布的公钥比对" in shown) is (pinned == "")
    assert f'data-verdict="{"ok" if pinned else "partly"}"' in shown, "anybody can sign with a key of their own"


def test_a_person_sees_what_still_held_of_a_receipt_that_was_tampered_with(tmp_path: Path) -> None:
    page = tmp_path / "verify.html"
    page.write_text(PAGE, encoding="utf-8")
    changed = put(RECEIPT, ("payload", "facts", "minutes"), 90)
    receipt = base64.urlsafe_b64encode(canonical.encode(changed).encode()).decode()
    shown = dom(f"{page.as_uri()}#receipt={receipt}", tmp_path).partition("<script>")[0]
    assert 'data-verdict="failed"' in shown
    assert "请勿采信" in shown
    assert "树头签名成立" in shown
    assert "entry.commitment：内容（或盐）被改动过" in shown
    assert "order_delivered" not in re.sub(r"<textarea.*?</textarea>", "", shown), "nothing of it is told as a fact"


def test_a_link_that_was_cut_off_is_refused_in_words(tmp_path: Path) -> None:
    page = tmp_path / "verify.html"
    page.write_text(PAGE, encoding="utf-8")
    for carried in ("eyJ2ZXJzaW9uIjoxL", "*", "_w"):
        shown = dom(f"{page.as_uri()}#receipt={carried}", tmp_path).partition("<script>")[0]
        assert 'data-verdict="failed"' in shown, carried
