"""What two countries agreed for their corridor: periods, lead times and crossings.

Six months come from 004 1.1; the other numbers are proposals (domain 4.1), kept in one place so that a corridor can
set its own: by an agreement that both sides hold (form 29; ``api/rules/agreements.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.notice_codes import Channel


@dataclass(frozen=True)
class CorridorNumbers:
    """The agreed periods of one corridor, destination first."""

    return_months: int = 6
    return_warn_days: int = 90
    basic_file_days: int = 7
    full_file_days: int = 60
    full_file_special_days: int = 30
    alert_hours: int = 48
    alert_answer_working_days: int = 5
    escape_notice_hours: int = 24
    escape_family_hours: int = 72
    receipt_working_days: int = 2
    receipt_escalation_working_days: int = 5
    tracing_first_report_days: int = 14
    tracing_days: int = 45
    assessment_days: int = 30
    notice_answer_days: int = 5
    notice_answer_before_days: int = 3
    lead_days: int = 14
    fast_lead_days: int = 3
    fast_channels: frozenset[Channel] = frozenset()
    legal_hold_review_days: int = 60
    assessment_valid_days: int = 90
    young_adult_ages: tuple[int, int] = (18, 24)
    max_visitors: int = 2
    countersign_hours: int = 72
    transit_stay_days: int = 14
    follow_up_months: tuple[int, ...] = (3, 6, 12)
    follow_up_window_months: tuple[int, int] = (6, 7)
    revisit_months: int = 12
    lost_contact_attempts: int = 3
    family_contact_days: int = 90
    consent_review_months: int = 6
    access_grace_days: int = 90
    border_points: tuple[str, ...] = ()

    def lead_days_for(self, channel: Channel) -> int:
        """Return how many days ahead a notice has to be sent over a channel."""
        return self.fast_lead_days if channel in self.fast_channels else self.lead_days


DEFAULT_POLICY = CorridorNumbers()
"""For a corridor that agreed nothing of its own."""

_TH_MM = ("MAESOT_MYAWADDY", "MAESAI_TACHILEIK", "RANONG_KAWTHOUNG", "PHUNAMRON_HTEEKHEE", "THREE_PAGODAS")
_CN_MM = ("RUILI_MUSE", "QINGSHUIHE_CHINSHWEHAW", "HOUQIAO_KANPAIKTEE", "ZHANGFENG_LWEJE")
_CHINA_FAST = frozenset({Channel.BILATERAL_LE})

POLICIES: Mapping[tuple[str, str], CorridorNumbers] = {
    ("TH", "MM"): CorridorNumbers(border_points=_TH_MM),
    ("CN", "MM"): CorridorNumbers(border_points=_CN_MM, fast_channels=_CHINA_FAST),
    ("TH", "LA"): CorridorNumbers(border_points=("NONGKHAI_VIENTIANE", "MUKDAHAN_SAVANNAKHET", "CHONGMEK_VANGTAO")),
    ("TH", "KH"): CorridorNumbers(border_points=("ARANYAPRATHET_POIPET",)),
    ("CN", "VN"): CorridorNumbers(border_points=("HEKOU_LAOCAI", "DONGXING_MONGCAI"), fast_channels=_CHINA_FAST),
}
"""By destination and origin."""


def policy_for(destination: str, origin: str) -> CorridorNumbers:
    """Return what the corridor agreed, or the default."""
    return POLICIES.get((destination, origin), DEFAULT_POLICY)
