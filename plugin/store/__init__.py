"""Settings, and where reviews are kept."""
