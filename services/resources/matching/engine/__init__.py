"""The matching engine: a transportation problem with its proof. Pure: integers in, integers out, no I/O, no SQL."""
