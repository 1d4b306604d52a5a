"""API keys: machines that call as an account, within scopes."""
