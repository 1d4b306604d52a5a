"""Two services that pass facts to each other: what the fault suite kills, stops and floods."""
