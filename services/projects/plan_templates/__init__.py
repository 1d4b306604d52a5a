"""Plan templates: what sections and budgets must be, in versions, chosen per round."""
