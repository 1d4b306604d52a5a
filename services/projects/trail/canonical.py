"""Canonical JSON (RFC 8785, JCS): the one byte string a JSON value has, so that hashes of it mean something."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any

LARGEST = 2**53 - 1
_SIMPLE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_EXPONENT = re.compile(r"e\+?(-?)0*(?=\d)")


def encode(value: Any) -> str:
    """The canonical text; raises ``ValueError`` for what JSON (I-JSON, RFC 7493) cannot carry exactly."""
    return _SIMPLE.encode(value) if _is_simple(value) else _encode(value)


def _is_simple(value: Any) -> bool:
    """Whether the standard library's encoder spells it as RFC 8785 does: no fraction, small integers, ASCII names."""
    kind: type = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_simple(item) for key, item in value.items())
    return kind is list and all(_is_simple(item) for item in value)


def _encode(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(_encode(item) for item in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=_utf16)
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_encode(value[key])}" for key in keys) + "}"
    raise ValueError(f"{type(value).__name__} is not a JSON type")


def decode(text: str) -> Any:
    """Parse JSON strictly: a repeated name, NaN, Infinity or another spelling of a number is a ``ValueError``."""
    value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse, parse_int=_whole, parse_float=_broken)
    _SIMPLE.encode(value).encode()  # half of a surrogate pair is no text
    return value


def _whole(text: str) -> int:
    value = int(text) if len(text) <= 22 else 10**22
    if _integer(value) != text:
        raise ValueError(f"{text} is not the one spelling of its value")
    return value


def _broken(text: str) -> float:
    """One spelling; of an exponent, which RFC 8785, Python and others write differently, plus and zeros are free."""
    value = float(text)
    if _EXPONENT.sub(r"e\1", text) not in (_float(value), *(_EXPONENT.sub(r"e\1", each) for each in _spelt(value))):
        raise ValueError(f"{text} is not the one spelling of its value")
    return value


def _spelt(value: float) -> tuple[str, ...]:
    return (_float(value), repr(value)) if 0 < abs(value) < 1e-4 or abs(value) >= 1e21 else ()


def _utf16(key: object) -> bytes:
    """RFC 8785 §3.2.3 sorts names by UTF-16 code units."""
    if not isinstance(key, str):
        raise ValueError("a member name must be a string")
    return key.encode("utf-16-be", "surrogatepass")


def _integer(value: int) -> str:
    """Beyond 2^53 only the integers that a double prints as themselves: anything else a reader would round."""
    text = str(value)
    if abs(value) > LARGEST and (abs(value) >= 10**21 or _float(float(value)) != text):
        raise ValueError("an integer beyond those that JSON carries exactly")
    return text


def _float(value: float) -> str:
    """ECMAScript's Number::toString, which RFC 8785 §3.2.2.3 prescribes."""
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    _, digits, exponent = Decimal(repr(abs(value))).as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    text = text.rstrip("0")
    return sign + _place(text, point)


def _place(digits: str, point: int) -> str:
    size = len(digits)
    if size <= point <= 21:
        return digits + "0" * (point - size)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits if size == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} is repeated")
    return made


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
