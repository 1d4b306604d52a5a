"""The talent grid: people by cell and skill, norms, and how far each cell is from them."""
