"""The double-entry ledger: balanced entries, balances kept by the database, and the trial balance."""
