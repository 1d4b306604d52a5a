"""The stock card: an offer's ledger to read, to print and to take along."""
