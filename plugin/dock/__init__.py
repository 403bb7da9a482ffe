"""What the dock's panels do."""
