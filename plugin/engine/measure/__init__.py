"""How good the matchers are, measured."""
