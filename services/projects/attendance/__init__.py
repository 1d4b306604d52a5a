"""Who came to an activity, from when until when, and what that adds up to: a platform record."""
