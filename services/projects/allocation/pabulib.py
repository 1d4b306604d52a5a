"""Pabulib's ``.pb`` files (format: pabulib.org/format; Stolicki, Szufa, Talmon, arXiv 2012.06539), read and written.

Three sections of semicolon-separated rows: META, PROJECTS, VOTES. Real files are untidy, so that the reader takes a
byte order mark, any line ends, blank lines, lines of comment (``#``), spaces around values, a spreadsheet's trailing
semicolons, missing optional columns, unquoted semicolons in names and stray quotes; what cannot be understood is an
error with its line. Votes for projects that are not listed are left out with a warning. A project at the cost of
999999999 was withdrawn, as the format says. A ballot of ``vote_strength`` n counts as n voters.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from services.projects.allocation import model, pabulib_doubts
from services.projects.allocation.model import AllocationError, Election, Number
from services.projects.allocation.rules import Options

SECTIONS = ("META", "PROJECTS", "VOTES")
VOTE_TYPES = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
DECIDING = ("budget", "vote_type", "rule", "default_score", "min_project_score_threshold")
SENTINEL_COST = 999_999_999
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,12})?|\.\d{1,12})([eE][+-]?\d{1,2})?", re.ASCII)
OWN_RULES: dict[str, dict[str, Any]] = {
    "greedy": {"rule": "greedy"},
    "greedy-threshold": {"rule": "threshold"},
    "greedy-no-skip": {"rule": "greedy_no_skip"},
    "equalshares": {"rule": "equal_shares"},
    "equalshares-comparison": {"rule": "equal_shares", "comparison": True},
    "equalshares/add1": {"rule": "equal_shares", "completion": "add1"},
    "equalshares/add1-comparison": {"rule": "equal_shares", "completion": "add1", "comparison": True},
}


@dataclass(kw_only=True)
class Document:
    """A file as it was read: META in order, the columns of both tables, and their rows."""

    meta: dict[str, str] = field(default_factory=dict)
    project_columns: list[str] = field(default_factory=list)
    projects: list[dict[str, str]] = field(default_factory=list)
    vote_columns: list[str] = field(default_factory=list)
    votes: list[dict[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def wrong(zh: str, en: str) -> AllocationError:
    """A file that cannot be read."""
    return AllocationError("file_invalid", zh, en)


# reading ----------------------------------------------------------------------------------------------------------


def parse(text: str) -> Document:
    """The three sections. Rows are read as CSV; where stray quotes spoil that, line by line without quoting."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    lines = [
        line for line in re.split(r"\r\n|\r|\n", text) if line.strip()
    ]  # splitlines() knows more ends than files do
    try:
        document = _sections(list(csv.reader(io.StringIO("\n".join(lines)), delimiter=";")))
    except csv.Error:
        document = None
    if document is None or not _complete(document):
        plain = _sections([line.split(";") for line in lines])
        if plain and (
            document is None or len(plain.projects) + len(plain.votes) > len(document.projects) + len(document.votes)
        ):
            document = plain
    if document is None or not document.project_columns or not document.vote_columns:
        raise wrong("缺少 META、PROJECTS 或 VOTES 部分。", "A section of META, PROJECTS, VOTES is missing.")
    pabulib_doubts.check_columns("PROJECTS", document.project_columns, ("project_id", "cost"))
    pabulib_doubts.check_columns("VOTES", document.vote_columns, ("vote",))
    return document


def _complete(document: Document) -> bool:
    expected = document.meta.get("num_projects", ""), document.meta.get("num_votes", "")
    counted = str(len(document.projects)), str(len(document.votes))
    return bool(document.vote_columns) and all(want in {"", have} for want, have in zip(expected, counted, strict=True))


def _sections(rows: list[list[str]]) -> Document | None:
    document, section = Document(), ""
    columns: list[str] = []
    for row in rows:
        first, rest = row[0].strip() if row else "", row[1:]
        if first.upper() in SECTIONS and not any(cell.strip() for cell in rest):
            section, columns = first.upper(), []
        elif first.startswith("#") and len(row) != len(columns):
            continue
        elif not section:
            return None
        elif section == "META":
            _meta(document, row)
        elif not columns:
            columns = [cell.strip().lower() for cell in row]
            setattr(document, "project_columns" if section == "PROJECTS" else "vote_columns", columns)
        else:
            (document.projects if section == "PROJECTS" else document.votes).append(_row(columns, row))
    return document


def _meta(document: Document, row: list[str]) -> None:
    key, *values = row if len(row) > 1 else row[0].split(":", 1)
    while values and not values[-1].strip():
        values.pop()
    key, value = key.strip().lower(), ";".join(values).strip()
    if (key, value.lower()) == ("key", "value"):
        return
    if document.meta.get(key, value) != value:
        if key in DECIDING:
            raise wrong(f"META 的 {key} 有两个不同的值。", f"META says {key} twice, and not the same.")
        document.doubts.append(f"META：{key} 重复，取后者 {key} occurs twice, the last one counts")
    document.meta[key] = value


def _row(columns: Sequence[str], row: list[str]) -> dict[str, str]:
    """Cells by column. More cells than columns come from semicolons in the name, the one column of free text."""
    surplus = len(row) - len(columns)
    while surplus > 0 and not row[-1].strip():
        row, surplus = row[:-1], surplus - 1
    free = next((name for name in ("name", "description") if name in columns), None)
    if surplus > 0 and free is not None:
        at = columns.index(free)
        row = [*row[:at], ";".join(row[at : at + surplus + 1]), *row[at + surplus + 1 :]]
    cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
    return {name: "" if cell.lower() == "none" else cell for name, cell in cells.items()}


def amount(text: str, where: str) -> Number:
    """A number as files write them: ``12500``, ``12500.50``, ``12 500,50``, ``1,000,000``, ``1e+06``."""
    tidy = "".join(text.split())
    tidy = tidy.replace(",", "") if tidy.count(",") > 1 or ("," in tidy and "." in tidy) else tidy.replace(",", ".")
    if not _NUMBER.fullmatch(tidy):
        raise wrong(f"{where}不是数字：{text!r}。", f"{where} is not a number: {text!r}.")
    value = Fraction(tidy)
    return value.numerator if value.denominator == 1 else value


# deciding ---------------------------------------------------------------------------------------------------------


def election_of(document: Document) -> Election:
    """The election a file describes."""
    warnings = [*document.doubts, *pabulib_doubts.of(document.meta, document.projects, document.votes)]
    projects = [_project(row, number) for number, row in enumerate(document.projects, start=1)]
    known = {str(project["id"]) for project in projects}
    kind = _vote_type(document)
    read = _READERS[kind]
    ballots = []
    for number, row in enumerate(document.votes, start=1):
        names = _names(row.get("vote", ""))
        ballot = read(row, names, number)
        if unknown := sorted(set(ballot) - known):
            warnings.append(
                f"第 {number} 张选票中的项目不存在，已略去 vote {number}: unknown, left out: {', '.join(unknown)}"
            )
            ballot = {name: points for name, points in ballot.items() if name in known}
        ballots.append(ballot)
    if kind == "scoring" and (default := amount(document.meta.get("default_score") or "0", "default_score")):
        ballots = [{**dict.fromkeys(known, default), **ballot} for ballot in ballots]
    budget = amount(document.meta.get("budget", ""), "META budget")
    approval = kind in {"approval", "choose-1"}
    strengths = [_strength(row, number) for number, row in enumerate(document.votes, start=1)]
    made = model.make(projects, ballots, budget, approval=approval, weights=strengths, warnings=warnings)
    return _compared(document, made)


def _project(row: dict[str, str], number: int) -> dict[str, object]:
    where = f"PROJECTS {number}"
    name = row.get("project_id", "")
    if not name:
        raise wrong(f"{where}：缺少 project_id。", f"{where}: project_id is missing.")
    cost = amount(row.get("cost", ""), f"{where} cost")
    place = row.get("subunit") or row.get("neighborhood") or row.get("district") or None
    category = (row.get("category") or "").split(",")[0].strip() or None
    made = {"id": name, "cost": cost, "name": row.get("name", ""), "field": category, "street": place}
    return {**made, "withdrawn": cost == SENTINEL_COST}


def _strength(row: dict[str, str], number: int) -> int:
    """How many voters a ballot stands for."""
    strength = amount(row.get("vote_strength") or "1", f"VOTES {number} vote_strength")
    if not isinstance(strength, int) or strength < 1:
        raise wrong(
            f"VOTES {number}：vote_strength 应为正整数。",
            f"VOTES {number}: vote_strength is a whole number above zero.",
        )
    return strength


def _vote_type(document: Document) -> str:
    kind = document.meta.get("vote_type", "").lower() or (
        "cumulative" if "points" in document.vote_columns else "approval"
    )
    if kind not in VOTE_TYPES:
        one_of = ", ".join(VOTE_TYPES)
        raise wrong(f"vote_type {kind!r} 应为 {one_of} 之一。", f"vote_type {kind!r} is not one of {one_of}.")
    return kind


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))


def _approval(row: dict[str, str], names: list[str], number: int) -> dict[str, Number]:
    return dict.fromkeys(names, 1)


def _ordinal(row: dict[str, str], names: list[str], number: int) -> dict[str, Number]:
    """Borda as Pabulib counts it: the last of the ballot gets 1, the one before 2, and so on."""
    if row.get("points"):
        return _points(row, names, number)
    return {name: len(names) - place for place, name in enumerate(names)}


def _points(row: dict[str, str], names: list[str], number: int) -> dict[str, Number]:
    given = [part.strip() for part in row.get("points", "").split(",") if part.strip()]
    listed = [part.strip() for part in row.get("vote", "").split(",") if part.strip()]
    if len(given) != len(listed):
        raise wrong(
            f"VOTES {number}：{len(listed)} 个项目，{len(given)} 个分数。",
            f"VOTES {number}: {len(listed)} projects but {len(given)} points.",
        )
    return {name: amount(points, f"VOTES {number} points") for name, points in zip(listed, given, strict=True)}


_READERS: dict[str, Callable[[dict[str, str], list[str], int], dict[str, Number]]] = {
    "approval": _approval,
    "choose-1": _approval,
    "ordinal": _ordinal,
    "cumulative": _points,
    "scoring": _points,
}


def _compared(document: Document, made: Election) -> Election:
    """A warning for each project whose published score or number of votes is not what the ballots add up to."""
    warnings = list(made.warnings)
    for row in document.projects:
        name = row["project_id"]
        for column, counted in (("score", Fraction(made.scores[name], made.point)), ("votes", made.supporters[name])):
            both = column == "votes" and row.get("votes") == str(Fraction(made.scores[name], made.point))
            if (text := row.get(column)) and not both and amount(text, f"PROJECTS {column}") != counted:
                warnings.append(f"{name}: {column} {text}, 选票合计 ballots {counted}")
    return replace(made, warnings=tuple(warnings))


def own_options(document: Document) -> Options:
    """The rule META names, with its threshold. Raises ``rule_unknown`` for rules that a file does not describe."""
    name = document.meta.get("rule", "").lower().replace("_", "-")
    if name not in OWN_RULES:
        known = ", ".join(OWN_RULES)
        raise AllocationError(
            "rule_unknown",
            f"文件所载规则 {name!r} 无法由文件计算，请用 --rule 指定。",
            f"The file's rule {name!r} is none of {known}; name one with --rule.",
        )
    return Options(**OWN_RULES[name], threshold=threshold_of(document))


def threshold_of(document: Document) -> Number:
    """The least score a project needs under rules that rank."""
    return amount(document.meta.get("min_project_score_threshold") or "0", "min_project_score_threshold")


def official(document: Document) -> set[str] | None:
    """The winners the file marks, or None where it marks none."""
    if "selected" not in document.project_columns:
        return None
    return {row["project_id"] for row in document.projects if row.get("selected") == "1"}


# writing ----------------------------------------------------------------------------------------------------------


def write(document: Document, selected: Sequence[str]) -> str:
    """The file again, with the column ``selected`` as decided. Reading what was written gives the same election."""
    columns = [*document.project_columns]
    if "selected" not in columns:
        columns.append("selected")
    chosen = set(selected)
    projects = [{**row, "selected": str(int(row["project_id"] in chosen))} for row in document.projects]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    out.write("META\n")
    writer.writerows([["key", "value"], *document.meta.items()])
    for title, names, rows in (("PROJECTS", columns, projects), ("VOTES", document.vote_columns, document.votes)):
        out.write(f"{title}\n")
        writer.writerows([names, *([row.get(name, "") for name in names] for row in rows)])
    return out.getvalue()
