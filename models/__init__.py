"""Registration networks in pure torch."""
