"""``python -m api.cli`` is ``homeward``."""

from api.cli import main

main()
