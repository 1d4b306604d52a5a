"""Other ways of building it, each as its users would: measured beside ours, never used."""
