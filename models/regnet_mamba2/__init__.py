"""RegNetMamba-2."""
