"""Equal Shares against pabutools: 500 random elections and Pabulib's files, in every utility and completion."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench import oracle

without = pytest.mark.skipif(not oracle.available(), reason="the oracle's environment is made by ./run bench decide")
SLOW = 15_000  # bytes; beyond, the oracle takes minutes to add1


@without
def test_five_hundred_random_elections_have_the_same_winners() -> None:
    dice = random.Random(20260501)
    texts = [oracle.random_election(dice) for _ in range(500)]
    answers, _ = oracle.ask([{"pb": text, "jobs": oracle.jobs_of(text)} for text in texts])
    compared = 0
    for text, found in zip(texts, answers, strict=True):
        for job, answer in zip(oracle.jobs_of(text), found, strict=True):
            assert oracle.ours(text, job) == answer["winners"], (job, text)
            compared += 1
    assert compared > 3_000


@without
@pytest.mark.parametrize("path", oracle.elections(), ids=lambda path: path.stem)
def test_files_of_pabulib_have_the_same_winners(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    small = path.stat().st_size < SLOW
    jobs = [job for job in oracle.jobs_of(text) if job["completion"] != "add1" or (small and job["utility"] == "cost")]
    answers, _ = oracle.ask([{"path": str(path), "jobs": jobs}])
    for job, answer in zip(jobs, answers[0], strict=True):
        assert oracle.ours(text, job) == answer["winners"], job


@pytest.mark.parametrize("path", oracle.elections(), ids=lambda path: path.stem)
def test_files_that_mark_winners_are_decided_so_by_their_own_rule(path: Path) -> None:
    from services.projects.allocation import pabulib, rules

    document = pabulib.parse(path.read_text(encoding="utf-8-sig"))
    official = pabulib.official(document)
    if official is None:
        pytest.skip("marks no winners")
    made = pabulib.election_of(document)
    assert set(rules.decide(made, pabulib.own_options(document)).selected) == official
    assert made.warnings == ()
