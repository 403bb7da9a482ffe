"""From a pair to tie points and a transformation."""
