"""Operations of several networks; each state-space one has a slow twin."""
