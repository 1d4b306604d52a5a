"""Review: judges, conflicts of interest, score sheets."""
