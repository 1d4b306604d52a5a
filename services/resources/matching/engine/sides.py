"""One side of a market as arrays: what there is of each place, and its edges in blocks, each edge knowing its twin.

A place is an offer or a need; ``other`` is a place of the other side. An edge lies twice, in the block of either end,
so that a search reads one row after the other; ``twin`` is its slot at the other end. A full block moves to the end of
the arrays at twice its size; what it leaves behind is never more than what is in use.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.resources.matching.engine.compiled import compiled

Numbers = npt.NDArray[np.int64]
FAR = np.int64(2**62)
LEAST_ROOM = 4


class Side(NamedTuple):
    """All offers, or all needs. Quantities in units of the instance; prices and worths in utility a unit."""

    # by place
    quantity: Numbers
    used: Numbers  # how much of it flows
    price: Numbers
    first: Numbers  # slot of its first edge
    degree: Numbers  # how many edges it has
    room: Numbers  # slots of its block
    reach: Numbers  # a search's distance, FAR between searches
    via: Numbers  # the other side's slot by which a search came
    touched: Numbers  # places in the order in which a search reached them
    # by slot
    other: Numbers
    worth: Numbers
    flow: Numbers
    twin: Numbers
    # [slots given to blocks]
    spent: Numbers


PLACES, SLOTS = Side._fields[:9], Side._fields[9:13]


def empty(places: int = 16, slots: int = 64) -> Side:
    """Nothing, with room for so much."""
    found = {name: np.zeros(places, np.int64) for name in PLACES} | {name: np.zeros(slots, np.int64) for name in SLOTS}
    found["reach"] += FAR
    return Side(**found, spent=np.zeros(1, np.int64))


def grown(side: Side, places: int, slots: int) -> Side:
    """The same with room for ``places`` in all and ``slots`` more; itself where it has that."""
    wanted = places, slots + int(side.spent[0])
    has = len(side.price), len(side.flow)
    room = [size if size >= least else max(least, 2 * size) for least, size in zip(wanted, has, strict=True)]
    if (*room,) == has:
        return side
    found = empty(*room)
    for into, numbers in zip(found, side, strict=True):
        into[: len(numbers)] = numbers
    return found


def slots_for_one_more(side: Side, places: Numbers) -> int:
    """How many slots new blocks take where each of ``places`` gets one edge more."""
    rooms = side.room[places]
    return int((2 * rooms[side.degree[places] == rooms] + LEAST_ROOM).sum())


def linked(tail: Numbers, head: Numbers, worth: Numbers, flow: Numbers, sizes: tuple[int, int]) -> tuple[Side, Side]:
    """Both sides of these edges, with half as much room again in every block."""
    ends = (tail, head)
    counts = [np.bincount(end, minlength=size) for end, size in zip(ends, sizes, strict=True)]
    rooms = [count + count // 2 + LEAST_ROOM for count in counts]
    firsts = [np.cumsum(room) - room for room in rooms]
    orders = [np.argsort(end, kind="stable") for end in ends]
    at = []
    for end, count, first, order in zip(ends, counts, firsts, orders, strict=True):
        slots = np.empty(len(end), np.int64)
        slots[order] = np.arange(len(end)) - (np.cumsum(count) - count)[end[order]] + first[end[order]]
        at.append(slots)
    made = []
    for mine, others in ((0, 1), (1, 0)):
        side = empty(max(sizes[mine], 1), int(rooms[mine].sum()) + 1)
        size = sizes[mine]
        side.first[:size], side.degree[:size], side.room[:size] = firsts[mine], counts[mine], rooms[mine]
        np.add.at(side.used, ends[mine], flow)
        side.other[at[mine]], side.worth[at[mine]] = ends[others], worth
        side.flow[at[mine]], side.twin[at[mine]] = flow, at[others]
        side.spent[0] = rooms[mine].sum()
        made.append(side)
    return made[0], made[1]


def edges(side: Side) -> tuple[Numbers, Numbers]:
    """Every edge: the place it belongs to, and its slot there."""
    total = int(side.degree.sum())
    before = np.cumsum(side.degree) - side.degree
    slots = np.repeat(side.first - before, side.degree) + np.arange(total)
    return np.repeat(np.arange(len(side.degree)), side.degree), slots


@compiled
def own_room(edges: int) -> int:
    """Slots of the block of a place that begins with so many edges."""
    return edges + edges // 2 + LEAST_ROOM


@compiled
def move(side: Side, others: Side, place: int, room: int) -> None:
    """The block of ``place`` goes to the end, where it has ``room``."""
    first, to = side.first[place], side.spent[0]
    for step in range(side.degree[place]):
        side.other[to + step] = side.other[first + step]
        side.worth[to + step] = side.worth[first + step]
        side.flow[to + step] = side.flow[first + step]
        side.twin[to + step] = side.twin[first + step]
        others.twin[side.twin[first + step]] = to + step
    side.first[place], side.room[place] = to, room
    side.spent[0] += room


@compiled
def link(mine: Side, others: Side, me: int, them: int, worth: int) -> None:
    """A new edge, on which nothing flows."""
    if mine.degree[me] == mine.room[me]:
        move(mine, others, me, max(2 * mine.room[me], LEAST_ROOM))
    if others.degree[them] == others.room[them]:
        move(others, mine, them, max(2 * others.room[them], LEAST_ROOM))
    here, there = mine.first[me] + mine.degree[me], others.first[them] + others.degree[them]
    mine.degree[me] += 1
    others.degree[them] += 1
    mine.other[here], others.other[there] = them, me
    mine.worth[here] = others.worth[there] = worth
    mine.flow[here] = others.flow[there] = 0
    mine.twin[here], others.twin[there] = there, here


@compiled
def forget(side: Side, others: Side, place: int, slot: int) -> None:
    """``place`` loses the edge at ``slot``: its last one moves there. The other end is not touched."""
    last = side.first[place] + side.degree[place] - 1
    if slot != last:
        side.other[slot], side.worth[slot] = side.other[last], side.worth[last]
        side.flow[slot], side.twin[slot] = side.flow[last], side.twin[last]
        others.twin[side.twin[slot]] = slot
    side.degree[place] -= 1
