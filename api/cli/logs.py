"""Log lines: one JSON object each (or coloured text for a person), ids and codes only."""

import logging
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import structlog


def configure_logs(form: Literal["json", "console"]) -> None:
    """Send our lines and the server's to standard error in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Lossy(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_without_traceback, last])
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in ("httpx2", "httpcore2"):  # they would tell every address that is called
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells its dialect at every question for readiness


class _Lossy:
    """Where lines are written: one that a full disk does not take is lost, and whoever told it goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write as far as that is possible."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Let go what was written."""
        with suppress(OSError):
            self._stream.flush()


def _without_traceback(
    _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Drop what could hold a value that somebody entered: tracebacks name the kind of error and no more."""
    record = event.pop("_record", None)
    event.pop("_from_structlog", None)
    info = record.exc_info if record is not None else None
    event.pop("exc_info", None)
    if info and info[0] is not None:
        event["error"] = info[0].__name__
        event["event"] = "exception"
    return event
