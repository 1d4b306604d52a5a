"""What a cell of a sheet of offers or needs means, by its column's shape, and how it is written again. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

NESTED = ("earmark", "gates")
_WORDS = re.compile(r"[、,，;；|\n]+")
_ITEMS = re.compile(r"[;；\n]+")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?\Z")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2}) *[-~至—–] *([0-9]{1,2}):([0-9]{2})\Z")
_WINDOW = re.compile(
    r"([0-9年月日/.-]{8,11}) ([0-9]{1,2}):([0-9]{2}) ?[-~至—–] ?(?:([0-9年月日/.-]{8,11}) )?([0-9]{1,2}):([0-9]{2})\Z"
)
_YES, _NO = ("是", "yes", "y", "true", "1", "√"), ("否", "no", "n", "false", "0", "×")
_WEEKDAYS = ("一mon", "二tue", "三wed", "四thu", "五fri", "六sat", "日sun")
_QUALIFICATIONS = {"training": ("培训",), "insurance": ("保险",), "certificate": ("证件", "证书")}
_MOST_DIGITS = 15  # more than any quantity has; int() of a longer text takes long


def parse(shape: str, text: str) -> Any:
    """What the operation's field takes. Raises ValueError where the cell says nothing of that shape."""
    return _PARSERS[shape](text) if shape in _PARSERS else text.strip()


def show(shape: str, value: Any) -> str:
    """As :func:`parse` reads it again; empty for nothing."""
    if value is None or value == []:
        return ""
    return _WRITERS[shape](value) if shape in _WRITERS else str(value)


def nested(facts: Mapping[str, Any]) -> dict[str, Any]:
    """``earmark_groups`` as ``groups`` of ``earmark``."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        outer, _, inner = name.partition("_")
        if outer in NESTED:
            found.setdefault(outer, {})[inner] = value
        else:
            found[name] = value
    return found


def digest(facts: Mapping[str, Any], *, organisation_id: str | None, street_code: str | None) -> str:
    """Two rows with the same one say the same, for the same organisation and street."""
    said = {"facts": facts, "organisation": organisation_id, "street": street_code}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _number(text: str) -> int:
    plain = _plain(text).replace(",", "").removesuffix(".0")
    if not re.fullmatch(rf"[0-9]{{1,{_MOST_DIGITS}}}", plain):
        raise ValueError(text)
    return int(plain)


def _money(text: str) -> str:
    """Yuan as a string; the field checks it."""
    return _plain(text).replace(",", "").removeprefix("¥").removesuffix("元").strip()


def _day(text: str) -> str:
    found = _DAY.match(_plain(text))
    if not found:
        raise ValueError(text)
    return f"{int(found[1]):04d}-{int(found[2]):02d}-{int(found[3]):02d}"


def split_words(text: str) -> list[str]:
    """``甲、乙`` → both; the order stays, what is twice is once."""
    return list(dict.fromkeys(word for part in _WORDS.split(text) if (word := part.strip())))


def _flag(text: str) -> bool:
    plain = _plain(text).casefold()
    if plain not in (*_YES, *_NO):
        raise ValueError(text)
    return plain in _YES


def _items(text: str) -> Iterator[list[str]]:
    """``a b；c d`` → [a, b], [c, d]."""
    return (words for part in _ITEMS.split(text) if (words := _plain(part).split()))


def _span(text: str) -> tuple[str, str]:
    found = _SPAN.match(text)
    if not found:
        raise ValueError(text)
    return f"{int(found[1]):02d}:{found[2]}", f"{int(found[3]):02d}:{found[4]}"


def _windows(text: str) -> list[dict[str, str]]:
    """Asia/Shanghai; the second day is told only where it is another one."""
    made = []
    for words in _items(text):
        found = _WINDOW.match(" ".join(words))
        if not found:
            raise ValueError(text)
        day, hour, minute, last, until, past = found.groups()
        begins, ends = f"{_day(day)}T{int(hour):02d}:{minute}", f"{_day(last or day)}T{int(until):02d}:{past}"
        made.append({"starts_at": f"{begins}:00+08:00", "ends_at": f"{ends}:00+08:00"})
    return made


def _show_windows(windows: list[dict[str, str]]) -> str:
    """``windows``: instants as the edge writes them."""
    parts = []
    for one in windows:
        begins, ends = one["starts_at"][:16].replace("T", " "), one["ends_at"][:16].replace("T", " ")
        parts.append(f"{begins}-{ends[11:] if begins[:10] == ends[:10] else ends}")
    return "；".join(parts)


def _weekday(text: str) -> int:
    plain = text.casefold().removeprefix("星期").removeprefix("周").replace("天", "日")
    for number, known in enumerate(_WEEKDAYS, 1):
        if plain == str(number) or plain == known[0] or (len(plain) >= 3 and plain[:3] == known[1:]):
            return number
    raise ValueError(text)


def _times(text: str) -> list[dict[str, Any]]:
    made = []
    for day, *times in _items(text):
        begins, ends = _span("".join(times))
        made.append({"weekday": _weekday(day), "from_time": begins, "to_time": ends})
    return made


def _show_times(times: list[dict[str, Any]]) -> str:
    return "；".join(f"周{_WEEKDAYS[one['weekday'] - 1][0]} {one['from_time']}-{one['to_time']}" for one in times)


def _batches(text: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for words in _items(text):
        if len(words) not in (2, 3):
            raise ValueError(text)
        until = {"expires_on": _day(words[2])} if len(words) == 3 else {}
        made.append({"label": words[0], "quantity": _number(words[1]), **until})
    return made


def _show_batches(batches: list[dict[str, Any]]) -> str:
    return "；".join(
        " ".join(str(one[name]) for name in ("label", "quantity", "expires_on") if one.get(name)) for one in batches
    )


def _qualifications(text: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for first, *words in _items(text):
        kind = next((one for one, zh in _QUALIFICATIONS.items() if first.casefold() == one or first in zh), None)
        if kind is None:
            raise ValueError(text)
        until = {"valid_until": _day(words.pop())} if words and _DAY.match(words[-1]) else {}
        made.append({"kind": kind, "name": " ".join(words), **until})
    return made


def _show_qualifications(rows: list[dict[str, Any]]) -> str:
    shown = ((_QUALIFICATIONS[one["kind"]][0], one.get("name"), one.get("valid_until")) for one in rows)
    return "；".join(" ".join(part for part in parts if part) for parts in shown)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "money": _money,
    "date": _day,
    "words": split_words,
    "flag": _flag,
    "windows": _windows,
    "times": _times,
    "batches": _batches,
    "qualifications": _qualifications,
}
_WRITERS: dict[str, Callable[[Any], str]] = {
    "words": "、".join,
    "organisations": "、".join,
    "flag": lambda value: "是" if value else "否",
    "windows": _show_windows,
    "times": _show_times,
    "batches": _show_batches,
    "qualifications": _show_qualifications,
}
