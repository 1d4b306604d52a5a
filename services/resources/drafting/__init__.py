"""What drafts of offers and needs have in common."""
