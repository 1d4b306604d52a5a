"""Payment batches: from released tranches to the bank's file and back."""
