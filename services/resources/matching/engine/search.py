"""What an event does to a market: successive shortest paths from one place, until nothing lies idle at a price.

Compiled, on arrays; ``mine`` is the side of the place, ``others`` the opposite one.
"""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np

from services.resources.matching.engine.compiled import compiled
from services.resources.matching.engine.sides import FAR, Numbers, Side, forget, link, move, own_room

SHIFT = 32
NAME = (1 << SHIFT) - 1


@compiled
def _look(mine: Side, others: Side, start: int) -> tuple[int, int, bool, int, int]:  # noqa: C901  one loop
    """The cheapest way to use one unit more of ``start``: cost, end, whether that is one of ``others`` with room
    (or one of ``mine`` that steps back: ``start`` itself stays idle); how many of ``mine`` and ``others`` it reached.
    """
    best, end, at_other, distance = mine.price[start], start, False, np.int64(0)
    mine.reach[start], mine.touched[0] = 0, start
    near, seen, far = 1, 0, 0
    heap = [np.int64(0)]  # of others by length: whoever gives to one of them is reached through it at no cost
    heap.pop()
    while True:
        while seen < near and distance < best:
            here = mine.touched[seen]
            seen += 1
            base = distance + mine.price[here]
            for slot in range(mine.first[here], mine.first[here] + mine.degree[here]):
                other = mine.other[slot]
                length = base - mine.worth[slot] + others.price[other]
                if length >= best or length >= others.reach[other]:
                    continue
                if others.reach[other] == FAR:
                    others.touched[far] = other
                    far += 1
                others.reach[other], others.via[other] = length, slot
                if others.used[other] < others.quantity[other]:
                    best, end, at_other = length, other, True
                else:
                    heappush(heap, (length << SHIFT) | other)
        if len(heap) == 0 or heap[0] >> SHIFT >= best:
            return best, end, at_other, near, far
        entry = heappop(heap)
        distance, other = entry >> SHIFT, entry & NAME
        if distance > others.reach[other]:
            continue  # a shorter way was found since
        for slot in range(others.first[other], others.first[other] + others.degree[other]):
            through = others.other[slot]
            if others.flow[slot] > 0 and mine.reach[through] == FAR:
                mine.reach[through], mine.via[through], mine.touched[near] = distance, slot, through
                near += 1
                if distance + mine.price[through] < best:
                    best, end, at_other = distance + mine.price[through], through, False


@compiled
def _reprice(side: Side, reached: int, sign: int, best: int) -> None:
    """What lies nearer than the end changes its price by the difference, so that the way there costs nothing."""
    for step in range(reached):
        place = side.touched[step]
        if side.reach[place] < best:
            side.price[place] += sign * (best - side.reach[place])
        side.reach[place] = FAR


@compiled
def _carry(mine: Side, others: Side, start: int, end: int, at_other: bool, count: int) -> int:
    """``count`` units go along the way that was found; the least that flows where it gives way, before they went."""
    least, place, there = FAR, end, at_other
    while there or place != start:
        if there:
            slot = others.via[place]
            twin = mine.twin[slot]
            mine.flow[slot] += count
            others.flow[twin] += count
            place = others.other[twin]
        else:
            slot = mine.via[place]
            twin = others.twin[slot]
            least = min(least, others.flow[slot])
            others.flow[slot] -= count
            mine.flow[twin] -= count
            place = mine.other[twin]
        there = not there
    return int(least)


@compiled
def settle(mine: Side, others: Side, start: int) -> None:
    """Use what of ``start`` lies idle at a price, or lower its price to nothing."""
    while mine.used[start] < mine.quantity[start] and mine.price[start] > 0:
        best, end, at_other, near, far = _look(mine, others, start)
        _reprice(mine, near, -1, best)
        _reprice(others, far, 1, best)
        if end == start and not at_other:
            continue
        count = min(mine.quantity[start] - mine.used[start], _carry(mine, others, start, end, at_other, 0))
        if at_other:
            count = min(count, others.quantity[end] - others.used[end])
            others.used[end] += count
        else:
            mine.used[end] -= count
        mine.used[start] += count
        _carry(mine, others, start, end, at_other, count)


@compiled
def add(mine: Side, others: Side, place: int, quantity: int, them: Numbers, worths: Numbers) -> None:
    """A place that holds nothing becomes an offer or a need."""
    price = np.int64(0)
    if mine.room[place] < len(them):
        move(mine, others, place, own_room(len(them)))
    for step in range(len(them)):
        price = max(price, worths[step] - others.price[them[step]])
        link(mine, others, place, them[step], worths[step])
    mine.quantity[place], mine.used[place], mine.price[place] = quantity, 0, price
    settle(mine, others, place)


@compiled
def remove(mine: Side, others: Side, place: int) -> None:
    """Nothing is left at ``place``. What it held of others is hidden at first and given again one by one."""
    slots = range(mine.first[place], mine.first[place] + mine.degree[place])
    for slot in slots:
        other, count = mine.other[slot], mine.flow[slot]
        others.used[other] -= count
        others.quantity[other] -= count
        forget(others, mine, other, mine.twin[slot])
    mine.degree[place] = mine.quantity[place] = mine.used[place] = mine.price[place] = 0
    for slot in slots:
        if mine.flow[slot] > 0:
            others.quantity[mine.other[slot]] += mine.flow[slot]
            settle(others, mine, mine.other[slot])


@compiled
def change(mine: Side, others: Side, place: int, quantity: int) -> None:
    """More or less of the same. What is taken back from others is hidden at first and given again one by one."""
    first, count = mine.first[place], mine.degree[place]
    freed = np.zeros(count, np.int64)
    for step in range(count):
        back = min(mine.flow[first + step], max(mine.used[place] - quantity, 0))
        other, freed[step] = mine.other[first + step], back
        mine.flow[first + step] -= back
        others.flow[mine.twin[first + step]] -= back
        mine.used[place] -= back
        others.used[other] -= back
        others.quantity[other] -= back
    mine.quantity[place] = quantity
    settle(mine, others, place)
    for step in range(count):
        if freed[step] > 0:
            others.quantity[mine.other[first + step]] += freed[step]
            settle(others, mine, mine.other[first + step])
