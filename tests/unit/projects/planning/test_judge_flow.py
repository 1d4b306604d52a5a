"""Assigning judges: against every assignment there is, on small cases."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.planning.judge_flow import Assignment, Paper, Reviewer, Task, assign


@st.composite
def tasks(draw: st.DrawFn, *, before: bool = False) -> Task:
    judges = [f"j{number}" for number in range(draw(st.integers(2, 4)))]
    fields = ("elder_care", "mediation")
    papers = tuple(
        Paper(
            id=f"p{number}",
            topic=draw(st.sampled_from(fields)),
            conflicts=dict.fromkeys(draw(st.sets(st.sampled_from(judges), max_size=2)), "mentor"),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    reviewers = tuple(
        Reviewer(
            id=judge,
            topics=frozenset(draw(st.sets(st.sampled_from(fields)))),
            at_most=draw(st.none() | st.integers(0, 4)),
        )
        for judge in judges
    )
    every = [(paper.id, judge) for paper in papers for judge in judges]
    old = frozenset(draw(st.sets(st.sampled_from(every)))) if before else frozenset()
    return Task(
        papers=papers, reviewers=reviewers, needed=draw(st.integers(1, 2)), seed=draw(st.integers(0, 9)), before=old
    )


def every_assignment(task: Task) -> list[frozenset[tuple[str, str]]]:
    """All that respect conflicts and limits."""
    choices = []
    for paper in task.papers:
        free = [item.id for item in task.reviewers if task.is_allowed(paper, item)]
        choices.append([[(paper.id, judge) for judge in chosen] for chosen in combinations(free, task.needed)])
    limits = {item.id: item.at_most for item in task.reviewers}
    found = []
    for each in product(*choices):
        pairs = frozenset(pair for part in each for pair in part)
        loads = Counter(judge for _, judge in pairs)
        if all(limits[judge] is None or loads[judge] <= (limits[judge] or 0) for judge in loads):
            found.append(pairs)
    return found


def worth(task: Task, pairs: frozenset[tuple[str, str]]) -> tuple[int, int, int, int]:
    loads = Counter(judge for _, judge in pairs)
    people, total = len(task.reviewers), len(pairs)
    fields = {paper.id: paper.topic for paper in task.papers}
    skills = {item.id: item.topics for item in task.reviewers}
    return (
        len(pairs - task.before) if task.before else 0,
        max(loads.values(), default=0),
        sum(abs(people * loads[item.id] - total) for item in task.reviewers),
        -sum(fields[paper] in skills[judge] for paper, judge in pairs),
    )


def check(task: Task, found: Assignment) -> None:
    all_there_are = every_assignment(task)
    if found.short:
        assert all_there_are == []
        return
    assert found.pairs in all_there_are
    assert worth(task, found.pairs) == min(worth(task, pairs) for pairs in all_there_are)
    assert (found.largest, found.deviation, -found.experts) == worth(task, found.pairs)[1:]


@settings(max_examples=150, deadline=None)
@given(tasks())
def test_no_assignment_is_better(task: Task) -> None:
    check(task, assign(task))


@settings(max_examples=150, deadline=None)
@given(tasks(before=True))
def test_an_assignment_made_again_changes_as_little_as_can_be(task: Task) -> None:
    check(task, assign(task))


@given(tasks())
@settings(max_examples=50, deadline=None)
def test_the_same_seed_gives_the_same_assignment_in_whatever_order(task: Task) -> None:
    turned = Task(papers=task.papers[::-1], reviewers=task.reviewers[::-1], needed=task.needed, seed=task.seed)
    assert assign(turned) == assign(task)


def test_who_falls_short_is_named_with_the_reason() -> None:
    judges = tuple(Reviewer(id=f"j{number}") for number in range(3))
    papers = (Paper(id="p1", conflicts={"j0": "hub", "j1": "mentor", "elsewhere": "funder"}), Paper(id="p2"))
    found = assign(Task(papers=papers, reviewers=judges, needed=2))
    assert [(item.paper, item.available, item.reason, dict(item.conflicts)) for item in found.short] == [
        ("p1", 1, "conflicts", {"j0": "hub", "j1": "mentor"})
    ]


def test_limits_that_are_used_up_are_named() -> None:
    judges = (Reviewer(id="j0", at_most=1), Reviewer(id="j1", at_most=1))
    papers = tuple(Paper(id=f"p{number}") for number in range(3))
    found = assign(Task(papers=papers, reviewers=judges, needed=1))
    assert [(item.paper, item.reason) for item in found.short] == [("p2", "limits")]


def test_a_locked_sheet_keeps_its_judge() -> None:
    judges = tuple(Reviewer(id=f"j{number}") for number in range(3))
    papers = tuple(Paper(id=f"p{number}") for number in range(3))
    fixed = frozenset({("p0", "j2"), ("p1", "j2"), ("p2", "j2")})
    found = assign(Task(papers=papers, reviewers=judges, needed=2, fixed=fixed))
    assert fixed < found.pairs
    assert found.largest == 3
    assert Counter(judge for _, judge in found.pairs) in ({"j2": 3, "j0": 2, "j1": 1}, {"j2": 3, "j0": 1, "j1": 2})


def test_one_recusal_moves_one_pair() -> None:
    judges = tuple(Reviewer(id=f"j{number}") for number in range(12))
    papers = tuple(Paper(id=f"p{number:02}") for number in range(60))
    first = assign(Task(papers=papers, reviewers=judges, needed=3, seed=5))
    assert first.largest == 15
    assert first.deviation == 0
    paper, judge = min(first.pairs)
    changed = (Paper(id=paper, conflicts={judge: "declared"}), *papers[1:])
    second = assign(Task(papers=changed, reviewers=judges, needed=3, seed=5, before=first.pairs))
    assert first.pairs - second.pairs == {(paper, judge)}
    assert len(second.pairs - first.pairs) == 1
