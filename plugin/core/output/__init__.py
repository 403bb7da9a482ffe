"""What is decided about a written raster before a hand writes it."""
