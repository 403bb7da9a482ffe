"""ME-SSM, the default."""
