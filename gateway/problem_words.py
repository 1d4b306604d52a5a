"""What a refusal says besides its title, as people of the district read it: field by field in Chinese, local times.

Services say what is wrong with a field in marshmallow's English; whoever prefers English reads just that.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from chassis.clock import SHANGHAI

_FIELD_WORDS: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", "必填"),
    (r"Field may not be null\.", "不能为空"),
    (r"Unknown field\.", "没有这个字段"),
    (r"Invalid (?:input )?type\.|Not a valid mapping type\.", "须为对象"),
    (r"Not a valid string\.|Not valid text\.|NUL is not text\.", "须为文字"),
    (r"Not a valid utf-8 string\.|Not valid Unicode\.", "含有无法识别的字符"),
    (r"Not a valid integer\.", "须为整数"),
    (r"Not a valid number\.|Special numeric values .*", "须为数字"),
    (r"Number too large\.", "数字过大"),
    (r"Not a valid boolean\.", "须为是（true）或否（false）"),
    (r"Not a valid list\.", "须为列表"),
    (r"Not a valid date\.|\".*\" cannot be formatted as a date\.", "日期格式有误，应如 2026-05-01"),
    (r"Not a valid (?:aware |naive )?(?:datetime|instant)\.", "时间格式有误，应如 2026-05-01T09:00:00+08:00"),
    (r"\".*\" cannot be formatted as a datetime\.", "时间格式有误，应如 2026-05-01T09:00:00+08:00"),
    (r"Not a valid email address\.", "电子邮箱格式有误"),
    (r"Not a valid URL\.", "网址格式有误"),
    (r"String does not match expected pattern\.", "格式有误"),
    (r"Invalid (?:value|input)\.|Out of range\.", "取值有误"),
    (r"Length must be between (\d+) and (\d+)\.", "长度须为 {0} 至 {1}"),
    (r"Shorter than minimum length (\d+)\.", "长度至少为 {0}"),
    (r"Longer than maximum length (\d+)\.", "长度不能超过 {0}"),
    (r"Length must be (\d+)\.", "长度须为 {0}"),
    (r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.", "须在 {0} 至 {1} 之间"),
    (r"Must be greater than or equal to (\S+)\.", "不能小于 {0}"),
    (r"Must be less than or equal to (\S+)\.", "不能大于 {0}"),
    (r"Must be greater than (\S+)\.", "须大于 {0}"),
    (r"Must be less than (\S+)\.", "须小于 {0}"),
    (r"Must be one of: (.*)\.", "只能是：{0}"),
    (r"Not a (\w+)_ id\.", "不是有效的编号（应以 {0}_ 开头）"),
    (r"Not an amount: .*", "金额格式有误，应为文字，如 30000.00"),
    (r"Not a year from (\d+) to (\d+)\.|Not between (\d+) and (\d+)\.", "年份须在 {0} 至 {1} 之间"),
    (r"Neither a whole number nor a list of words\.", "须为整数，或词的列表"),
    (r"Not a UUID\.", "不是有效的 UUID"),
    (r"Not a SHA-256 in hex\.", "不是有效的 SHA-256（十六进制）"),
)
_PATTERNS = tuple((re.compile(english, re.DOTALL), chinese) for english, chinese in _FIELD_WORDS)
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:\+00:00|Z)")


def in_chinese(errors: Any) -> Any:
    """``{field: [message]}``, nested as the input is; words that are not known stay as they are."""
    if isinstance(errors, dict):
        return {name: in_chinese(inner) for name, inner in errors.items()}
    if isinstance(errors, list):
        return [in_chinese(inner) for inner in errors]
    return _sentence(errors) if isinstance(errors, str) else errors


def _sentence(message: str) -> str:
    for english, chinese in _PATTERNS:
        found = english.fullmatch(message)
        if found is not None:
            return chinese.format(*(part for part in found.groups() if part is not None))
    return message


def local(details: Any) -> Any:
    """Instants in Asia/Shanghai, to the second (DOMAIN.md: UTC inside, Shanghai at the edge)."""
    if isinstance(details, dict):
        return {name: local(inner) for name, inner in details.items()}
    if isinstance(details, list):
        return [local(inner) for inner in details]
    if isinstance(details, str) and _UTC.fullmatch(details):
        return datetime.fromisoformat(details).astimezone(SHANGHAI).isoformat(timespec="seconds")
    return details
