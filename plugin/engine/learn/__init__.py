"""Training, adapting and calibrating."""
