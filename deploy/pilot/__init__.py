"""The pilot: replays the incubation of district 370211 over HTTP, role by role. All names are demo data."""
