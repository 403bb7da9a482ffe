"""What the commands hand over: rasters, points, reports; one pair or many."""
