"""Payee accounts: where organisations are paid."""
