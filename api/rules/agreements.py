"""Which numbers hold in a corridor on a day: what both sides agreed in documents that both hold, or what is built in.

Both nodes hold the same two documents, so both come to the same numbers. An agreement binds from its first day on, and
never before the other side agreed; the newest one that has begun replaces the one before. A proposal alone, a declined
one, and one whose terms were not repeated exactly, change nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from api.rules.policy import CorridorNumbers, policy_for
from schemas.corridor_policy import CorridorPolicy, PolicyStage, PolicyTerms
from schemas.document import Document
from schemas.earlier import is_replaced, unreplaced


@dataclass(frozen=True)
class Agreement:
    """The terms of one corridor that both sides signed, and the documents that prove it."""

    destination: str
    origin: str
    since: date
    terms: PolicyTerms
    proposal_id: str
    answer_id: str
    agreed_at: datetime

    @property
    def numbers(self) -> CorridorNumbers:
        """The numbers: those that were agreed, and for the rest what is built in."""
        given = self.terms.given()
        if self.terms.fast_channels is not None:
            given["fast_channels"] = frozenset(self.terms.fast_channels)
        return replace(policy_for(self.destination, self.origin), **given)  # type: ignore[arg-type]  # names are tested


@dataclass(frozen=True)
class Policies:
    """Everything that was agreed, of every corridor."""

    agreements: tuple[Agreement, ...] = ()

    def find(self, destination: str, origin: str, on: date) -> Agreement | None:
        """Return the agreement that binds a corridor on a day, or ``None`` where none does."""
        binding = [
            one for one in self.agreements if (one.destination, one.origin) == (destination, origin) and one.since <= on
        ]
        return max(binding, key=lambda one: (one.since, one.agreed_at, one.answer_id), default=None)

    def on(self, destination: str, origin: str, day: date) -> CorridorNumbers:
        """Return the numbers of a corridor on a day."""
        found = self.find(destination, origin, day)
        return policy_for(destination, origin) if found is None else found.numbers


BUILT_IN = Policies()
"""Where nothing was agreed."""


class Corridors(NamedTuple):
    """What the documents of an agency say about its corridors: what holds, and what was proposed and waits."""

    agreed: Policies
    proposed: tuple[CorridorPolicy, ...]


def corridors_in(held: Sequence[Document]) -> Corridors:
    """Return what was agreed and what waits for an answer, by the documents that are held, in whatever order."""
    return Corridors(agreed_in(held), open_proposals(held))


def agreed_in(held: Sequence[Document]) -> Policies:
    """Return what was agreed by the documents that are held, in whatever order."""
    return Policies(tuple(sorted(_agreements(held), key=lambda one: one.answer_id)))


def open_proposals(held: Sequence[Document]) -> tuple[CorridorPolicy, ...]:
    """Return the proposals that nobody has answered, and that were not replaced by another one, oldest first."""
    told = _documents(held)
    answered = {(one.reply_to, one.sender) for one in told if one.reply_to is not None}
    proposals = [one for one in unreplaced(told) if one.stage is PolicyStage.PROPOSED]
    waiting = [one for one in proposals if (one.id, one.recipient) not in answered]
    return tuple(sorted(waiting, key=lambda one: (one.created_at, one.id)))


def _agreements(held: Sequence[Document]) -> Iterator[Agreement]:
    """Yield the first answer to each proposal that agrees to exactly what the other side proposed.

    What was agreed stands: nobody takes it back alone, and it ends with the next agreement. A proposal that was
    replaced before the answer was written is agreed to no more, and nobody brings one back by agreeing once more.
    """
    told = _documents(held)
    proposals = {one.id: one for one in told if one.stage is PolicyStage.PROPOSED}
    answers = [one for one in told if one.stage is PolicyStage.AGREED]
    for answer in sorted(answers, key=lambda one: (one.created_at, one.id)):
        asked = proposals.get(answer.reply_to) if answer.reply_to is not None else None
        if asked is None or not answer.answers(asked) or any(answer.misfits([asked])):
            continue
        if not is_replaced(asked, [one for one in told if one.created_at <= answer.created_at]):
            del proposals[asked.id]
            since, ends = max(answer.valid_from, answer.created_at.date()), answer.corridor
            yield Agreement(ends.destination, ends.origin, since, answer.terms, asked.id, answer.id, answer.created_at)


def _documents(held: Iterable[Document]) -> tuple[CorridorPolicy, ...]:
    """Return the documents about policies, each once."""
    return tuple({one.id: one for one in held if isinstance(one, CorridorPolicy)}.values())
