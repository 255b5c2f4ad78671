"""What a rule finds: a clock that started, until when it runs, and what stopped it."""

from dataclasses import dataclass
from datetime import datetime

from api.rules.watch.case import Met


@dataclass(frozen=True)
class Found:
    """One clock. Without ``warn_at`` the reminder follows from how long it runs."""

    started: datetime
    due_at: datetime
    met: Met | None = None
    subject: str = ""
    warn_at: datetime | None = None
