"""Small widgets, texts and colours."""
