"""The inbox: one message per event and recipient, and what each person wants to hear."""
