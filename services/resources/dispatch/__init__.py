"""Dispatch: the nearest fit person is asked, in turn; hours go into the platform record."""
