"""``./run bench text``: does a text find its offer; P@10 of the labelled queries in bench/data/text_queries."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bench.options import Options
from services.resources.vocabulary import ranking
from services.resources.vocabulary.tagger import Tagger
from services.resources.vocabulary.words import shipped

FOLDER = Path(__file__).parent / "data" / "text_queries"
GOALS = {"literal": 0.95, "paraphrase": 0.6}
WORDINGS = (*GOALS, "later")
FIRST = 10


@dataclass(frozen=True)
class Asked:
    """A labelled query and what it found: the share of what could be among the first ten."""

    id: str
    wording: str
    topic: str
    text: str
    precision: float
    found: tuple[str, ...]

    @property
    def split(self) -> str:
        """By the topic's name; the vocabulary may be tuned by ``dev`` only."""
        return "test" if hashlib.sha256(self.topic.encode()).digest()[0] % 2 else "dev"


def rows(name: str) -> list[dict[str, str]]:
    """A labelled file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure() -> list[Asked]:
    """Every query, asked of all offers of every kind."""
    tagger, offers = Tagger(shipped()), rows("offers")
    texts = ranking.corpus(tagger, [(row["id"], row["text"]) for row in offers])
    topics = {row["id"]: row["topic"] for row in offers}
    found = []
    for row in (*rows("queries"), *rows("later")):
        best = texts.rank(ranking.read(tagger, row["id"], row["text"]), FIRST)
        relevant = sum(topic == row["topic"] for topic in topics.values())
        hits = sum(topics[one.key] == row["topic"] for one in best)
        precision = hits / min(FIRST, relevant)
        found.append(
            Asked(row["id"], row["wording"], row["topic"], row["text"], precision, tuple(one.key for one in best))
        )
    return found


def means(asked: list[Asked]) -> dict[str, dict[str, float]]:
    """``{wording: {dev, test, all}}``."""
    groups: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in asked:
        groups[one.wording][one.split].append(one.precision)
        groups[one.wording]["all"].append(one.precision)
    return {
        wording: {split: sum(values) / len(values) for split, values in sorted(by.items())}
        for wording, by in groups.items()
    }


def main(options: Options) -> int:
    """Prints the table; fails where a goal is missed on the whole set."""
    asked = measure()
    found = means(asked)
    print(f"| wording | queries | P@{FIRST} dev | P@{FIRST} test | P@{FIRST} all | goal |\n|---|---|---|---|---|---|")
    for wording in WORDINGS:
        goal = f"≥ {GOALS[wording]}" if wording in GOALS else "none: written after the vocabulary"
        count = sum(one.wording == wording for one in asked)
        by = found[wording]
        print(f"| {wording} | {count} | {by['dev']:.3f} | {by['test']:.3f} | {by['all']:.3f} | {goal} |")
    if options.json_file:
        Path(options.json_file).write_text(json.dumps(found, indent=2), encoding="utf-8")
    return 0 if all(found[wording]["all"] >= goal for wording, goal in GOALS.items()) else 1
