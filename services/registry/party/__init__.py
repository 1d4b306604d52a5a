"""Party building (R7): counts and facts only."""
