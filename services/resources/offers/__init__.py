"""What is to be had."""
