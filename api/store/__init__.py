"""Rows and queries: the only room with SQLModel. Rows hold bytes; what is in them is made and read elsewhere."""
