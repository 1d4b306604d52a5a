"""The trail (留痕): an append-only Merkle log per district, fed by every event (docs/trail-receipt-v1.md)."""
