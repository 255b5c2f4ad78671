"""Decisions, pure: they take documents, values and the time as arguments, and open nothing."""
