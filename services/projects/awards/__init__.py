"""Awards and money: agreements, tranches, ledger."""
