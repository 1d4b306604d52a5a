"""Recurring orders: a rule, and the orders that are made from it a while ahead, each exactly once."""
