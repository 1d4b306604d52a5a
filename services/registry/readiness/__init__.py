"""What an organisation still lacks to be registered: conditions are data, facts are declared (R2)."""
