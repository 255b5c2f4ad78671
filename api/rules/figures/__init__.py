"""Figures: rows without persons, tables of counts, and what may leave an agency (004 2.12, 4.1, 4.4, 4.6, 4.8)."""
