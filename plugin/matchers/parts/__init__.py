"""What several matchers are made of."""
