"""How projects end (结项与提前终止): a checklist that names everything missing, and an early end that is settled."""
