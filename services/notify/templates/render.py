"""Rendering in a sandbox: a template reads its event's fields, chooses with ``if`` and formats; nothing else.

Loops, calls, arithmetic and unknown filters are refused, so no wording can exhaust a worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chassis.clock import SHANGHAI
from chassis.errors import InvalidError
from contracts.notify.codes import NotifyCode
from services.notify.catalogue.notice import Words
from services.notify.catalogue.words import CHINESE

PARTS = ("title_zh", "body_zh", "title_en", "body_en")
TITLE_LIMIT, BODY_LIMIT = 300, 8000
NAMES = "_names"
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Test,
    nodes.Concat,
)
_FILTERS = frozenset({"yuan", "points", "grade", "day", "moment", "named", "zh", "join", "length", "default"})
_TESTS = frozenset({"none", "true", "false", "defined"})


def yuan(fen: int) -> str:
    """``123456`` fen as ``1,234.56``."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def points(hundredths: int) -> str:
    """``8650`` hundredths of a point as ``86.50``."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def grade(code: str) -> str:
    """``3A`` as it is, ``star_3`` as ``3★``."""
    return f"{code.removeprefix('star_')}★" if code.startswith("star_") else code


def day(text: str) -> str:
    """The Shanghai day of an instant or a date."""
    if len(text) <= 10:
        return text
    return datetime.fromisoformat(text).astimezone(SHANGHAI).strftime("%Y-%m-%d")


def moment(text: str) -> str:
    """An instant in Shanghai, to the minute; a date stays a date."""
    if len(text) <= 10:
        return text
    return datetime.fromisoformat(text).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@pass_context
def named(context: Context, organisation_id: str | None) -> str:
    """An organisation's name; its id while its registration has not been heard of."""
    names: Mapping[str, str] = context.get(NAMES) or {}
    return names.get(organisation_id or "", organisation_id or "")


def zh(word: str | list[str]) -> str | list[str]:
    """``case_review`` as 入孵评审; of a list each of its words. What has no Chinese here stays as it is."""
    return [CHINESE.get(one, one) for one in word] if isinstance(word, list) else CHINESE.get(word, word)


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.filters.update(yuan=yuan, points=points, grade=grade, day=day, moment=moment, named=named, zh=zh)
    return made


_ENVIRONMENT = _environment()


@lru_cache(maxsize=1000)
def _compiled(source: str) -> Any:
    tree = _ENVIRONMENT.parse(source)
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TemplateError(f"{type(node).__name__} is not allowed")
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            raise TemplateError(f"filter {node.name} is not allowed")
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            raise TemplateError(f"test {node.name} is not allowed")
    return _ENVIRONMENT.from_string(source)


def render(words: Words, facts: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """``{title_zh, body_zh, title_en, body_en}``; raises :class:`InvalidError` naming the part that fails."""
    context = {**facts, NAMES: names}
    return {part: _render_part(part, getattr(words, part), context) for part in PARTS}


def _render_part(part: str, source: str, context: Mapping[str, Any]) -> str:
    try:
        text: str = _compiled(source).render(context)
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        raise InvalidError(NotifyCode.TEMPLATE_INVALID, part=part, problem=str(error)[:200]) from error
    if part.startswith("title"):
        return " ".join(text.split())[:TITLE_LIMIT]
    return text.strip()[:BODY_LIMIT]
