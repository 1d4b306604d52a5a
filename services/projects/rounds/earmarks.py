"""Earmarks: money that a funder bound to fields or streets pays for matching proposals only. Pure, in whole fen.

Whether a set of proposals can be paid is a transport problem: funds on one side, proposals on the other, an edge where
the earmark matches. A maximum flow answers it exactly, and its minimum cut names the proposals that ask for more than
all the money that may go to any of them (Hall's condition; Ford and Fulkerson 1956).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Edge = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Fund:
    """A line of the pool; empty ``fields`` or ``streets`` bind nothing."""

    line_id: str
    amount_fen: int
    fields: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()

    def fits(self, claim: Claim) -> bool:
        """Whether this money may go there."""
        return (not self.fields or claim.field in self.fields) and (
            not self.streets or claim.street_code in self.streets
        )


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a proposal would get."""

    proposal_id: str
    amount_fen: int
    field: str
    street_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """So much of a line goes to a proposal."""

    line_id: str
    proposal_id: str
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who pays for whom; where it is not enough, the proposals that together ask for more than may go to them."""

    payments: tuple[Payment, ...]
    blocked: tuple[str, ...] = ()
    needed_fen: int = 0
    available_fen: int = 0

    @property
    def covered(self) -> bool:
        return not self.blocked


def plan(funds: Iterable[Fund], claims: Iterable[Claim]) -> Plan:
    """Pay every claim in full from matching funds, or say which claims cannot be.

    The same input in any order gives the same plan. Proposals of one field and street are alike to every earmark and
    flow together, so the graph stays small.
    """
    lines = sorted((fund for fund in funds if fund.amount_fen > 0), key=lambda fund: fund.line_id)
    wanted = sorted((claim for claim in claims if claim.amount_fen > 0), key=lambda claim: claim.proposal_id)
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in wanted:
        groups[claim.field, claim.street_code or ""].append(claim)
    keys = sorted(groups)
    needs = [sum(claim.amount_fen for claim in groups[key]) for key in keys]
    edges = [(i, j) for i, fund in enumerate(lines) for j, key in enumerate(keys) if fund.fits(groups[key][0])]
    flow, reached = _flow([fund.amount_fen for fund in lines], needs, edges)
    short = [key for j, key in enumerate(keys) if sum(flow[i, j] for i in range(len(lines))) < needs[j]]
    if short:
        return _blocked(lines, groups, keys, reached)
    return Plan(payments=tuple(_spread(lines, groups, keys, flow)))


def keep(funds: Iterable[Fund], ranked: Iterable[Claim], kept: Sequence[Claim] = ()) -> list[Claim]:
    """Of claims in the order of their rank, each that can be paid beside those before it; begins with ``kept``."""
    lines, chosen = list(funds), list(kept)
    for claim in ranked:
        if plan(lines, [*chosen, claim]).covered:
            chosen.append(claim)
    return chosen


def _blocked(
    lines: Sequence[Fund],
    groups: dict[tuple[str, str], list[Claim]],
    keys: Sequence[tuple[str, str]],
    reached: frozenset[int],
) -> Plan:
    """``reached``: the groups from whose want no money is left to be found; they are Hall's violated set."""
    blocked = [claim for j in sorted(reached) for claim in groups[keys[j]]]
    fitting = [fund for fund in lines if any(fund.fits(claim) for claim in blocked)]
    return Plan(
        payments=(),
        blocked=tuple(sorted(claim.proposal_id for claim in blocked)),
        needed_fen=sum(claim.amount_fen for claim in blocked),
        available_fen=sum(fund.amount_fen for fund in fitting),
    )


def _spread(
    lines: Sequence[Fund],
    groups: dict[tuple[str, str], list[Claim]],
    keys: Sequence[tuple[str, str]],
    flow: dict[Edge, int],
) -> Iterable[Payment]:
    """A group's money, line by line, to its proposals in their order."""
    for j, key in enumerate(keys):
        waiting = deque((claim.proposal_id, claim.amount_fen) for claim in groups[key])
        for i, fund in enumerate(lines):
            left = flow[i, j]
            while left:
                proposal_id, open_fen = waiting.popleft()
                part = min(left, open_fen)
                yield Payment(line_id=fund.line_id, proposal_id=proposal_id, amount_fen=part)
                left -= part
                if part < open_fen:
                    waiting.appendleft((proposal_id, open_fen - part))


def _flow(supply: Sequence[int], need: Sequence[int], edges: Sequence[Edge]) -> tuple[dict[Edge, int], frozenset[int]]:
    """Maximum flow by shortest augmenting paths (Edmonds and Karp 1972), and the needs behind the minimum cut.

    Searched backwards from unmet needs: group ← fund with supply left, or fund ← group it could take money from.
    """
    flow: dict[Edge, int] = defaultdict(int)
    left, unmet = list(supply), list(need)
    into: dict[int, list[int]] = defaultdict(list)
    out: dict[int, list[int]] = defaultdict(list)
    for i, j in edges:
        into[j].append(i)
        out[i].append(j)
    reached: set[int] = set()
    for start in range(len(need)):
        while unmet[start]:
            path, seen = _search(start, left, flow, into, out)
            if path is None:
                reached |= seen
                break
            amount = min(unmet[start], left[path[0][0]], *(flow[edge] for edge in path[1::2]))
            for step, edge in enumerate(path):
                flow[edge] += amount if step % 2 == 0 else -amount
            left[path[0][0]] -= amount
            unmet[start] -= amount
    return flow, frozenset(reached)


def _search(
    start: int, left: Sequence[int], flow: dict[Edge, int], into: dict[int, list[int]], out: dict[int, list[int]]
) -> tuple[list[Edge] | None, set[int]]:
    """A shortest path from a fund with money left to the group ``start``: edges that gain and lose in turn."""
    came: dict[int, tuple[Edge, Edge] | None] = {start: None}
    queue = deque([start])
    while queue:
        j = queue.popleft()
        for i in into[j]:
            if left[i]:
                return _path(i, j, came), set()
            for other in out[i]:
                if other not in came and flow[i, other]:
                    came[other] = ((i, other), (i, j))
                    queue.append(other)
    return None, set(came)


def _path(fund: int, group: int, came: dict[int, tuple[Edge, Edge] | None]) -> list[Edge]:
    path, step = [(fund, group)], came[group]
    while step is not None:
        loses, gains = step
        path += [loses, gains]
        step = came[gains[1]]
    return path
