"""What the performance goals are measured with; nothing here asserts."""
