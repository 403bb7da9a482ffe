"""SOMA."""
