"""Photos as evidence: what is read from them, the copy that is shown, consent to show it in public."""
