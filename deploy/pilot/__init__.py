"""The pilot: replays the incubation of district 370211 over HTTP, as the roles that take part. All names are demo data."""
