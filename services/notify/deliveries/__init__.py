"""Intents to send outside the platform, their states, and the pump that carries them out."""
