"""A country's own users and systems."""
