"""The app as ``homeward serve`` runs it: in each of its processes it logs like the command."""

from starlette.types import ASGIApp

from api.app import app_from_environment
from api.cli.logs import configure_logs
from api.settings import Settings


def logging_app() -> ASGIApp:
    """Make the app in a process that has just begun."""
    configure_logs(Settings().log_format)
    return app_from_environment()
