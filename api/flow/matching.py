"""Cases that may be one person's are suggested, explained, and merged by a person; merging is taken back the same way.

The names lie encrypted. What is looked up are keyed hashes of their sounds, a key of its own for each agency, made anew
whenever a document of the case came; the cases that share most of them are opened in memory and compared. Each look is
in the log of every case that it found. Of a case that the caller may not know of, nothing is told but that there is
one: whoever types a name into a new case shall not learn where its bearer is. A merge is one row beside the cases: no
document changes or moves.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.errors import Conflict, NotPermitted
from api.flow import shelf
from api.flow.assigning import get_known_case, known_of
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.rules.access import CASES_ASSIGN, CASES_READ, COMPARES, Principal
from api.rules.matching.keys import keys_of, name_keys_of
from api.rules.matching.merging import MergeReason, check_merge
from api.rules.matching.profile import Profile, profile_of
from api.rules.matching.score import SUGGESTED_FROM, Match, compare, is_namesake
from api.store import log, matches
from api.store.case_tables import CaseLinkRow
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.document import Document

COMPARED: Final = 50
"""So many cases are opened for one look; who shares fewer keys than they do is not likely the same person."""
SHOWN: Final = 20


@dataclass(frozen=True)
class Suggestion:
    """A case that may be the same person's, and why; the codes hold nothing about the person."""

    case_uid: str
    match: Match
    merged_into: str | None


@dataclass(frozen=True)
class Suggestions:
    """What a caller is told; ``is_more_hidden`` says that there is a case besides which the caller may not know of."""

    shown: tuple[Suggestion, ...]
    is_more_hidden: bool


def derive_keys(node: Node, session: Session, row: CaseRow, held: Sequence[Document], _now: datetime) -> None:
    """Store by what a case is found from now on; done again it stores the same."""
    keys = keys_of(profile_of(held, row.case_uid))
    matches.put_keys(session, row.agency_id, row.case_uid, _hashed(node, row.agency_id, keys))


def _hashed(node: Node, agency: str, keys: Collection[str]) -> frozenset[str]:
    """Return keys as they may lie in the database; the same text gives each agency another hash."""
    return frozenset(node.vault.lookup(f"match key of {agency}", key) for key in keys)


def suggest(node: Node, caller: Principal, case_uid: str) -> Suggestions:
    """Return the cases of the caller's agency that may be the same person's, best first, and note the look.

    Of those that the caller may not know of, none is told, nor how many or how like they are; that there is one
    follows from names, sex and papers alone.

    Raises ``NotPermitted`` ``role_may_not_match`` for a role that does not trace, and ``NotFound`` for a case that the
    caller may not know of.
    """
    caller.require(CASES_READ)
    if not caller.roles & COMPARES:
        raise NotPermitted("role_may_not_match", "shelter workers, case managers, focal and welfare officers trace")
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid)
        profile = profile_of(shelf.read_case(node, session, caller.agency, case_uid), case_uid)
        besides = _family_of(session, caller.agency, case_uid)
        found = _compare_all(node, session, caller.agency, profile, besides)
        named = {uid for one in found for uid in (one.case_uid, one.merged_into) if uid}
        known = known_of(session, caller, named)
        namesakes = _list_unknown_namesakes(node, session, caller, profile, besides)
    now = node.clock()
    told = [one for one in found if one.case_uid in known]
    uids = [case_uid, *(one.case_uid for one in told), *namesakes]
    lines = [Entry(Action.COMPARED, caller.agency, caller.role, case_uid=uid) for uid in uids]
    node.writer.write(lambda session: note(session, now, *lines))
    shown = [replace(one, merged_into=one.merged_into if one.merged_into in known else None) for one in told[:SHOWN]]
    return Suggestions(tuple(shown), is_more_hidden=bool(namesakes))


def _list_unknown_namesakes(
    node: Node, session: Session, caller: Principal, profile: Profile, besides: Collection[str]
) -> list[str]:
    """Return the cases that the caller may not know of and that are likely the same person's by names and papers."""
    if caller.sees_every_case:
        return []
    keys = _hashed(node, caller.agency, name_keys_of(profile))
    uids = matches.list_candidates(session, caller.agency, keys, besides=besides, limit=COMPARED)
    known = known_of(session, caller, uids)
    unknown = [uid for uid in uids if uid not in known]
    return [uid for uid, other in _read(node, session, caller.agency, unknown) if is_namesake(profile, other)]


def _compare_all(
    node: Node, session: Session, agency: str, profile: Profile, besides: Collection[str]
) -> list[Suggestion]:
    """Compare a person with the cases that share most keys, besides those that are merged already."""
    keys = _hashed(node, agency, keys_of(profile))
    uids = matches.list_candidates(session, agency, keys, besides=besides, limit=COMPARED)
    roots = {link.case_uid: link.into_uid for link in matches.list_links(session, agency, uids)}
    scored = (
        Suggestion(uid, compare(profile, other), roots.get(uid)) for uid, other in _read(node, session, agency, uids)
    )
    likely = [one for one in scored if one.match.score >= SUGGESTED_FROM]
    return sorted(likely, key=lambda one: (-one.match.score, one.case_uid))


def _family_of(session: Session, agency: str, case_uid: str) -> frozenset[str]:
    """Return the case with every one that is merged with it."""
    link = matches.find_link(session, agency, case_uid)
    root = link.into_uid if link else case_uid
    return frozenset({case_uid, root, *matches.list_merged_from(session, agency, root)})


def _read(node: Node, session: Session, agency: str, uids: Collection[str]) -> Iterator[tuple[str, Profile]]:
    """Yield the profile of each case; one that can't be read is left out, and the log says so."""
    for uid in uids:
        if (held := shelf.find_case(node, session, agency, uid)) is not None:
            yield uid, profile_of(held, uid)


def prepare_merge(
    node: Node, caller: Principal, case_uid: str, into: str, reason: MergeReason
) -> Callable[[Session], CaseLinkRow]:
    """Return the unit that says that a case is the same person's as another; done again it says the same.

    Who merges may look at both. Raises ``NotFound`` for a case that the caller may not know of, ``InvalidInput`` or
    ``Conflict`` where it would be a circle or a chain (``rules/matching/merging.py``).
    """
    caller.require(CASES_ASSIGN)
    now, agency = node.clock(), caller.agency

    def unit(session: Session) -> CaseLinkRow:
        log.take_head(session)  # whoever merges takes it first: no two merges make a chain together
        for uid in (case_uid, into):
            get_known_case(session, caller, uid)
        link = matches.find_link(session, agency, case_uid)
        if link is not None and link.into_uid == into:
            return link
        root_of_into = matches.find_link(session, agency, into)
        check_merge(
            case_uid,
            into,
            merged_into=link.into_uid if link else None,
            root_of_into=root_of_into.into_uid if root_of_into else None,
            is_root=bool(matches.list_merged_from(session, agency, case_uid)),
        )
        link = CaseLinkRow(
            agency_id=agency, case_uid=case_uid, into_uid=into, reason=reason, linked_at=now, linked_by=caller.client_id
        )
        session.add(link)
        note(session, now, *_lines(Action.MERGED, caller, link))
        return link

    return unit


def prepare_unmerge(node: Node, caller: Principal, case_uid: str) -> Callable[[Session], None]:
    """Return the unit that takes a merge back; both cases are as they were.

    Raises ``NotFound`` like ``prepare_merge``, and ``Conflict`` ``not_merged`` where there is nothing to take back.
    """
    caller.require(CASES_ASSIGN)
    now = node.clock()

    def unit(session: Session) -> None:
        log.take_head(session)
        get_known_case(session, caller, case_uid)
        link = matches.find_link(session, caller.agency, case_uid)
        if link is None:
            raise Conflict("not_merged", "this case stands for itself")
        session.delete(link)
        note(session, now, *_lines(Action.UNMERGED, caller, link))

    return unit


def _lines(action: Action, caller: Principal, link: CaseLinkRow) -> Iterator[Entry]:
    """Yield a line for each of the two cases, so that both tell it, each naming the other."""
    for uid, other in ((link.case_uid, link.into_uid), (link.into_uid, link.case_uid)):
        yield Entry(action, caller.agency, caller.role, case_uid=uid, code=link.reason, other_case_uid=other)
