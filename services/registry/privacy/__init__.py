"""Privacy: unmasked access, its log, consent, export, erasure, key rotation."""
