"""What a session remembers of whoever signed in: a browser, a system and a network, never the whole of any of them."""

from __future__ import annotations

import ipaddress
import re

_BROWSERS = (
    ("WeChat", r"MicroMessenger/"),
    ("DingTalk", r"DingTalk/"),
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
    ("curl", r"^curl/"),
    ("Python", r"python|httpx|aiohttp"),
)
_SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)
_PREFIX = {4: 24, 6: 48}


def device_of(user_agent: str | None) -> str:
    """``Chrome · Android``; what is not known is ``?``. Only words of the two tables come out."""
    return f"{_first(_BROWSERS, user_agent)} · {_first(_SYSTEMS, user_agent)}"


def prefix_of(address: str) -> str:
    """``203.0.113.0/24`` or ``2001:db8:1::/48``; empty for what is no address."""
    try:
        whole = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(whole, ipaddress.IPv6Address) and whole.ipv4_mapped is not None:
        whole = whole.ipv4_mapped
    return str(ipaddress.ip_network((whole, _PREFIX[whole.version]), strict=False))


def _first(table: tuple[tuple[str, str], ...], text: str | None) -> str:
    return next((name for name, pattern in table if re.search(pattern, text or "", re.IGNORECASE)), "?")
