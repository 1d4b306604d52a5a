"""The library of policy documents that answers cite (R6)."""
