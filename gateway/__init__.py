"""The front door: translates HTTP to RPC and decides nothing."""
