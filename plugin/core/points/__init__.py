"""Files of control points: one format a file."""
