"""A node of Homeward: its rooms, its command line and its rehearsal."""

from typing import Final

VERSION: Final = "0.1.0"
