"""Keypoint detection and cross-fusion matching."""
