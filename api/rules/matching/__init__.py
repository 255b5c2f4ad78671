"""Whether two files may be one person's: pure comparison of names by sound, birth, place, parents and numbers."""
