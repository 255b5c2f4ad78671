"""HTTP: ``staff/`` for a country's own users and systems, ``exchange.py`` for other agencies."""
