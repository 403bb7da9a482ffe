"""The review: what edits, walks, snaps and reports."""
