"""Routes, one module a noun: each row names a method, a path and the operation that answers."""
