"""Allocation: named rules that divide a budget. Pure, exact, offline.

``./run decide`` and the decisions of rounds use the same code.
"""
