"""MSA-Net."""
