"""What changed from one version of a notice to the next, and whether it was sent early enough."""

from dataclasses import dataclass

from api.rules.policy import CorridorNumbers
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_person import NoticePerson

_HEADER = ("planned_date", "planned_time", "date_status", "border_point", "route", "receiving_facility", "return_mode")


@dataclass(frozen=True)
class ChangedPerson:
    """A person who is on both versions, and the questions whose answers differ; never the answers."""

    seq: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class NoticeChanges:
    """What a reader of the version before has to know, by running numbers."""

    adds: tuple[int, ...]
    removals: tuple[int, ...]
    changed: tuple[ChangedPerson, ...]
    journey: tuple[str, ...]


@dataclass(frozen=True)
class LeadTime:
    """How many days ahead a notice was sent, and how many were agreed. Too late is accepted and measured."""

    days: int
    minimum: int

    @property
    def lead_below_policy(self) -> bool:
        """Whether it came later than agreed."""
        return self.days < self.minimum


def changes_from(previous: AdvanceRepatriationNotice, current: AdvanceRepatriationNotice) -> NoticeChanges:
    """Return the differences. Somebody who has no seat any more (withdrawn, deferred, escaped) counts as a removal."""
    before = {person.seq: person for person in previous.persons if person.is_travelling}
    after = {person.seq: person for person in current.persons if person.is_travelling}
    return NoticeChanges(
        adds=tuple(sorted(after.keys() - before.keys())),
        removals=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            ChangedPerson(seq, fields)
            for seq in sorted(before.keys() & after.keys())
            if (fields := _differing(before[seq], after[seq]))
        ),
        journey=tuple(name for name in _HEADER if getattr(previous, name) != getattr(current, name)),
    )


def _differing(one: NoticePerson, other: NoticePerson) -> tuple[str, ...]:
    """Return the names of the questions that two rows answer differently."""
    return tuple(name for name in NoticePerson.model_fields if getattr(one, name) != getattr(other, name))


def lead_time(notice: AdvanceRepatriationNotice, policy: CorridorNumbers) -> LeadTime:
    """Return how early a notice was sent, counted in days on the sender's own calendar."""
    return LeadTime((notice.planned_date - notice.created_at.date()).days, policy.lead_days_for(notice.channel))
