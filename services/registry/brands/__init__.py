"""Brand pages (R9), and what projects' events tell of an organisation's work."""
