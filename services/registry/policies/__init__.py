"""Policy data of the district."""
