"""The open market kept at its optimum: each change of an offer or need is one event of the engine's market."""
