"""A review: its points, edits, file, and what it says of them."""
