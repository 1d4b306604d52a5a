"""Pabulib's files: untidy ones are read, wrong ones refused with a line, and what is written reads the same."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.allocation import decide, pabulib, rules
from services.projects.allocation.model import AllocationError
from services.projects.allocation.rules import Options

PLAIN = """META
key;value
description;A small election
budget;100
vote_type;approval
rule;greedy
num_projects;3
num_votes;4
PROJECTS
project_id;cost;votes;name;selected
1;60;3;Playground;1
2;50;2;Library;0
3;40;1;Trees;1
VOTES
voter_id;vote
1;1,2
2;1
3;1,2
4;3
"""


def election(text: str) -> Any:
    return pabulib.election_of(pabulib.parse(text))


def selected(text: str, **options: Any) -> list[str]:
    document = pabulib.parse(text)
    given_options = Options(**options) if options else pabulib.own_options(document)
    return rules.decide(pabulib.election_of(document), given_options).selected


def test_a_file_is_decided_by_its_own_rule_as_it_says_itself() -> None:
    assert set(selected(PLAIN)) == pabulib.official(pabulib.parse(PLAIN)) == {"1", "3"}
    assert selected(PLAIN.replace("rule;greedy", "rule;greedy-no-skip")) == ["1"]
    threshold = PLAIN.replace("rule;greedy", "rule;greedy-threshold\nmin_project_score_threshold;2")
    assert selected(threshold) == ["1"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace(";", " ; "),
        lambda text: text.replace("META", "meta").replace("VOTES", "Votes"),
        lambda text: text.replace("Library", '"Library; with ""quotes"""'),
        lambda text: text.replace("Library", "Library; unquoted"),
        lambda text: text.replace("Library", '"Library with a stray quote'),
        lambda text: text.replace("1,2", "1, 2,"),
        lambda text: text.replace("1;60;", "1;60.00;").replace("100", "100,0"),
        lambda text: text.replace("vote_type;approval", "vote_type;choose-1"),
        lambda text: text.replace("vote_type;approval\n", ""),
        lambda text: text.replace("budget;100", "budget: 100"),
        lambda text: text.replace(";votes;", ";Votes;"),
        lambda text: text + "\n\n",
        lambda text: text.replace("META\nkey;value\n", "META\n"),
        lambda text: "# a comment\n" + text.replace("PROJECTS\n", "# another; one\nPROJECTS\n"),
        lambda text: text.replace("2;1\n", "# a comment\n2;1\n"),
        lambda text: "\n".join(f"{line};;" if ";" in line else line for line in text.splitlines()),
        lambda text: text.replace("Library", "Lib\u2028rary\x0c\x85\x0b"),
        lambda text: text.replace("budget;100", "budget;100\nbudget;100"),
    ],
)
def test_untidy_files_are_read_as_they_were_meant(change: Any) -> None:
    made, plain = election(change(PLAIN)), election(PLAIN)
    assert made.warnings == ()
    assert (made.groups, made.budget, made.approval) == (plain.groups, plain.budget, True)
    assert [(item.id, item.cost) for item in made.projects] == [(item.id, item.cost) for item in plain.projects]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("PROJECTS", "PROJECT", "section"),
        ("1;60;", "1;sixty;", "PROJECTS 1 cost"),
        ("1;60;", ";60;", "project_id"),
        ("1;60;", "1;-60;", "below zero"),
        ("2;50;", "1;50;", "twice"),
        ("budget;100", "budget;", "budget"),
        ("budget;100", "budget;NaN", "budget"),
        ("budget;100", "budget;1e999999999", "budget"),
        ("vote_type;approval", "vote_type;cumulative", "VOTES 1"),
        ("vote_type;approval", "vote_type;blue", "vote_type"),
        ("budget;100", "budget;100\nbudget;200", "budget twice"),
        ("voter_id;vote", "voter_id;voted", "no column vote"),
        ("voter_id;vote\n", "", "no column vote"),
        ("project_id;cost", "project_id;price", "no column cost"),
        ("votes;name", "cost;name", "cost twice"),
        ("voter_id;vote\n1;1,2\n", "voter_id;vote;vote_strength\n1;1,2;0.5\n", "vote_strength"),
    ],
)
def test_what_cannot_be_understood_is_an_error_that_says_where(old: str, new: str, words: str) -> None:
    with pytest.raises(AllocationError, match=words):
        election(PLAIN.replace(old, new, 1))


def test_unknown_projects_in_votes_are_left_out_with_a_warning() -> None:
    made = election(PLAIN.replace("2;1\n", "2;1,9\n"))
    assert made.groups == election(PLAIN).groups
    assert "9" in made.warnings[0]


def test_counts_that_do_not_agree_with_the_ballots_are_pointed_out() -> None:
    assert any("votes 5" in warning for warning in election(PLAIN.replace("1;60;3;", "1;60;5;")).warnings)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("num_votes;4", "num_votes;7", "the file has 4 rows"),
        ("num_projects;3", "num_projects;2", "the file has 3 rows"),
        ("2;1\n", "1;1\n", "occurred before, each counts (2)"),
        ("4;3\n", "4;3,3\n", "more than once, it counts once (4)"),
        ("4;3\n", "4;3\n5\n", "ends before its vote, a blank ballot (5)"),
        ("rule;", "max_length;1\nrule;", "above max_length (1, 3)"),
        ("rule;", "min_length;2\nrule;", "below min_length (2, 4)"),
        ("rule;", "max_sum_cost;100\nrule;", "above max_sum_cost (1, 3)"),
        ("rule;", "edition;1\nedition;2\nrule;", "edition occurs twice"),
    ],
)
def test_what_does_not_add_up_is_pointed_out_and_decided_as_it_stands(old: str, new: str, words: str) -> None:
    assert selected(PLAIN.replace(old, new)) == ["1", "3"]
    assert any(words in warning for warning in election(PLAIN.replace(old, new)).warnings)


def test_points_outside_the_limits_of_the_file_are_pointed_out() -> None:
    text = with_points("cumulative").replace("rule;", "max_points;4\nmax_sum_points;5\nmin_length;none\nrule;")
    assert [line.split("ballots: ")[1] for line in election(text).warnings if "ballots:" in line] == [
        "above max_points (3)",
        "above max_sum_points (3)",
    ]


def test_a_ballot_of_some_strength_counts_as_so_many_voters() -> None:
    text = PLAIN.replace("voter_id;vote\n1;1,2\n", "voter_id;vote;vote_strength\n1;1,2;3\n")
    made = election(text)
    assert (made.voters, made.scores["2"]) == (6, 4)


def test_a_withdrawn_project_neither_wins_nor_stops_the_ranking() -> None:
    text = PLAIN.replace("1;60;3;", "1;999999999;3;")
    for rule in rules.RULES:
        assert "1" not in selected(text, rule=rule)
    assert selected(text, rule="greedy_no_skip") == ["2", "3"]


POINTS = PLAIN.replace("vote_type;approval", "vote_type;{kind}").replace("voter_id;vote\n", "voter_id;vote;points\n")
VOTED = {"1;1,2\n": "1;1,2;3,1\n", "2;1\n": "2;1;2.5\n", "3;1,2\n": "3;1,2;1,5\n", "4;3\n": "4;;\n"}


def with_points(kind: str) -> str:
    text = POINTS.replace("{kind}", kind)
    for old, new in VOTED.items():
        text = text.replace(old, new)
    return text


def test_points_are_summed_exactly_and_an_empty_ballot_counts_as_a_voter() -> None:
    made = election(with_points("cumulative"))
    assert made.voters == 4
    assert {name: Fraction(score, made.point) for name, score in made.scores.items()} == {"1": 6.5, "2": 6, "3": 0}


def test_scoring_gives_unlisted_projects_the_default_score() -> None:
    made = election(with_points("scoring").replace("budget", "default_score;2\nbudget"))
    assert {name: Fraction(score, made.point) for name, score in made.scores.items()} == {"1": 8.5, "2": 10, "3": 8}


def test_ordinal_ballots_count_from_the_end_as_pabulib_does() -> None:
    made = election(PLAIN.replace("vote_type;approval", "vote_type;ordinal"))
    assert made.scores == {"1": 5, "2": 2, "3": 1}


def test_decimals_in_costs_stay_exact() -> None:
    text = PLAIN.replace("budget;100", "budget;100.10").replace("1;60;", "1;60.05;").replace("3;40;", "3;40.05;")
    made = election(text)
    assert (made.unit, made.budget) == (20, 2002)
    assert selected(text, rule="greedy") == ["1", "3"]
    assert selected(text.replace("40.05", "40.06"), rule="greedy") == ["1"]


@pytest.mark.parametrize("text", ["1 000 000,00", "1,000,000", "1,000,000.00", "1000000.", "1e+06", " 1000000 "])
def test_a_million_is_a_million_however_it_is_written(text: str) -> None:
    assert pabulib.amount(text, "budget") == 1_000_000


names = st.text(st.sampled_from('ab;" ,é足\t'), max_size=8).map(str.strip).filter(lambda name: name.lower() != "none")


@given(st.lists(names, min_size=3, max_size=3))
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_as_the_same_election(titles: list[str]) -> None:
    document = pabulib.parse(PLAIN)
    for row, title in zip(document.projects, titles, strict=True):
        row["name"] = title
    again = pabulib.parse(pabulib.write(document, ["2"]))
    assert pabulib.official(again) == {"2"}
    assert [row["name"] for row in again.projects] == titles
    for row in document.projects:
        row["selected"] = row["selected"] if row["project_id"] != "2" else "1"
    assert pabulib.election_of(again) == pabulib.election_of(document)


# the command ------------------------------------------------------------------------------------------------------


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, *arguments: str) -> tuple[int, Any, str]:
    file = tmp_path / "election.pb"
    file.write_text(text, encoding="utf-8")
    code = decide.main([str(file), *arguments])
    out, err = capsys.readouterr()
    return code, json.loads(out) if "--json" in arguments and out else out, err


def test_the_command_answers_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer, _ = run(tmp_path, capsys, PLAIN, "--rule", "equal_shares", "--completion", "greedy", "--json")
    assert code == 0
    assert (answer["rule"], answer["cost"], answer["budget"]) == ("equal_shares", 100, 100)
    assert set(answer["selected"]) == {"1", "3"}
    assert set(answer["explanations"]) == {"1", "2", "3"}
    assert answer["checks"] == {"payments": True, "ejr_plus": True}
    assert answer["official"] == {"selected": ["1", "3"], "equal": True}


@pytest.mark.parametrize("rule", [*rules.RULES, *rules.ALIASES])
def test_every_rule_can_be_asked_for_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str) -> None:
    code, shown, _ = run(tmp_path, capsys, PLAIN, "--rule", rule)
    assert code == 0
    assert shown.splitlines()[0].startswith("规则")
    assert "Playground" in shown


def test_the_result_can_be_written_as_a_file_that_says_so_itself(tmp_path: Path, capsys: Any) -> None:
    to = tmp_path / "out.pb"
    assert run(tmp_path, capsys, PLAIN, "--rule", "greedy_no_skip", "--write", str(to), "--json")[0] == 0
    assert pabulib.official(pabulib.parse(to.read_text(encoding="utf-8"))) == {"1"}


@pytest.mark.parametrize(
    "text", ["", "no election", "{not json", '{"a":' * 100_000, "\x00", PLAIN.replace("rule;greedy", "rule;magic")]
)
def test_wrong_files_end_with_one_line_and_code_two(tmp_path: Path, capsys: Any, text: str) -> None:
    code, shown, words = run(tmp_path, capsys, text)
    assert (code, shown) == (2, "")
    assert len(words.strip().splitlines()) == 1
    assert "Traceback" not in words


def test_a_file_that_is_not_there_or_not_text_is_said_to_be(tmp_path: Path, capsys: Any) -> None:
    assert decide.main([str(tmp_path / "none.pb")]) == 2
    (tmp_path / "binary.pb").write_bytes(b"\xff\xfe\x00")
    assert decide.main([str(tmp_path / "binary.pb")]) == 2
    assert "file_invalid" in capsys.readouterr().err


def test_limits_of_the_knapsack_are_taken_from_the_command_line(tmp_path: Path, capsys: Any) -> None:
    text = PLAIN.replace("name;selected", "category;selected").replace("Playground", "play").replace("Trees", "green")
    code, answer, _ = run(tmp_path, capsys, text, "--rule", "knapsack", "--cap", "field:play=10", "--json")
    assert (code, answer["selected"]) == (0, ["2", "3"])
    assert run(tmp_path, capsys, text, "--rule", "knapsack", "--cap", "play=10")[0] == 2
