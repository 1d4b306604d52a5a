"""The registry's dashboard."""
