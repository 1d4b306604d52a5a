"""The ledger of each offer and its batches."""
