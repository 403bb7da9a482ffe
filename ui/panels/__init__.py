"""The dock's panels."""
