"""Unified social credit codes (统一社会信用代码, GB 32100-2015)."""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from chassis.errors import InvalidError
from contracts.registry.codes import RegistryCode

# Position 1, the registering authority, with the classes position 2 may name. Civil affairs (5): association,
# social service agency, foundation, other. python-stdnum refuses codes whose first character is a letter, though
# A, N and Y are authorities of the standard; so it gives the check digit and this table is the gate.
AUTHORITIES = {
    "1": "12349",
    "5": "1239",
    "9": "1239",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
_SHAPE = re.compile(r"^[159ANY][0-9][0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}\Z")
_KINDS = {
    "cso": ("5",),
    "hub": ("5",),
    "social_work": ("5",),
    "foundation": ("53",),
    "enterprise": ("9", "N", "Y"),
    "government": ("1", "A"),
}


def compact(text: str) -> str:
    """Full width, lower case, blanks and hyphens do not matter."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def check_digit(code: str) -> str:
    """The 18th character that belongs to the first 17."""
    digit: str = uscc.calc_check_digit(code[:17])
    return digit


def check(text: str, *, kind: str) -> str:
    """The compact code; raises :class:`InvalidError` for an identity number, a wrong code, or another kind's code."""
    code = compact(text)
    if is_identity_number(code):
        raise InvalidError(RegistryCode.CREDIT_CODE_IS_IDENTITY_NUMBER)
    if not _SHAPE.match(code) or code[1] not in AUTHORITIES[code[0]] or code[17] != check_digit(code):
        raise InvalidError(RegistryCode.CREDIT_CODE_INVALID)
    if not code.startswith(_KINDS[kind]):
        raise InvalidError(RegistryCode.CREDIT_CODE_KIND_MISMATCH, kind=kind)
    return code


def is_identity_number(code: str) -> bool:
    """An identity-card number (GB 11643-1999): a birth date where a credit code has part of its body."""
    if not re.match(r"^[1-9][0-9]{16}[0-9X]\Z", code) or code[-1] != ric.calc_check_digit(code):
        return False
    try:
        return 1900 <= ric.get_birth_date(code).year < 2100
    except ValidationError:
        return False
