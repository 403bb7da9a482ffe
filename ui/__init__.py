"""Widgets: they emit signals and receive dataclasses, and never start work."""
