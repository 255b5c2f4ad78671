"""Which operations are for whom, as the OpenAPI page says it and a test with every role proves it.

What an operation asks for stands where it is done (``Principal.require``); here it is told. Forms say it themselves
(``form_notes.py``). Which cases and documents somebody knows of is decided behind the door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.rules.access import (
    AGENCIES_READ,
    AUDIT_READ,
    BOXES_READ,
    BUNDLES_CARRY,
    CASES_ASSIGN,
    CASES_READ,
    CASES_WRITE,
    COMPARES,
    FIGURES_KEEP,
    FIGURES_READ,
    FILLS_FIGURES,
    GRANTS_APPROVE,
    GRANTS_ASK,
    GRANTS_READ,
    PUTS_OFF,
    ROLE_WORDS,
    SEES_SMALL_COUNTS,
    roles_with,
)
from api.rules.need_to_know import may_break_glass
from schemas.attachments import ways_to_files
from schemas.case_file import CaseFile
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.corridor_policy import CorridorPolicy
from schemas.document import Document, Role
from schemas.meeting_agenda import MeetingAgenda
from schemas.notice import AdvanceRepatriationNotice
from schemas.provider_directory import ProviderDirectory
from schemas.registry import KINDS


@dataclass(frozen=True)
class Door:
    """Who comes in: these roles, with a token that carries one scope of each group."""

    roles: frozenset[Role]
    scopes: tuple[tuple[str, ...], ...] = ()
    more: str = ""

    def told(self) -> str:
        """Return the door as a sentence for the page."""
        who = ", ".join(f"{role} ({ROLE_WORDS[role]})" for role in Role if role in self.roles)
        if self.roles == frozenset(Role):
            who = "everybody who is signed in"
        scopes = " and ".join(" or ".join(f"`{scope}`" for scope in group) for group in self.scopes)
        return f"**For** {who}{f', with the scope {scopes}' if scopes else ''}.{self.more}"


def _scope(*scopes: str, among: Iterable[Role] = Role) -> Door:
    """Return the door of who holds all the scopes, or of some of these."""
    roles = frozenset(among).intersection(*map(roles_with, scopes))
    return Door(roles, tuple((scope,) for scope in scopes))


def _writers(kind: type[Document], *scopes: str) -> Door:
    return _scope(f"{kind.facts.scope}:write", *scopes, among=kind.facts.writers)


def _readers(kind: type[Document]) -> Door:
    return _scope(f"{kind.facts.scope}:read")


def _writers_of(kinds: Iterable[type[Document]], more: str) -> Door:
    return Door(frozenset(role for kind in kinds for role in kind.facts.writers), more=more)


_SIGNED_IN = Door(frozenset(Role))
_OF_FORM = " Each form names its writers and its scope under *Needs*."
_OF_DRAFTS = _writers_of((kind for kind in KINDS.values() if kind.facts.about_case), _OF_FORM)
_OF_FILES = _writers_of((kind for kind in KINDS.values() if ways_to_files(kind)), _OF_FORM)
_OF_DOCUMENTS = Door(frozenset(Role), more=" `GET /v1/forms` lists with each form the roles that read it.")
_PUT_OFF = _scope(CASES_READ, among=PUTS_OFF)
_POLICIES = (f"{CorridorPolicy.facts.scope}:read", CASES_READ)

DOORS: Mapping[str, Door] = {
    "open_case": _scope(CASES_WRITE),
    **dict.fromkeys(("list_cases", "get_case", "get_timeline", "list_alerts", "list_assignments"), _scope(CASES_READ)),
    **dict.fromkeys(("snooze_alert", "wake_alert", "name_barrier"), _PUT_OFF),
    **dict.fromkeys(("assign", "unassign", "merge_case", "unmerge_case"), _scope(CASES_ASSIGN)),
    "list_matches": _scope(CASES_READ, among=COMPARES),
    **dict.fromkeys(("save_draft", "read_draft", "review_draft", "finalise_draft"), _OF_DRAFTS),
    **dict.fromkeys(("begin_attachment", "send_part", "find_offset", "get_attachment"), _OF_FILES),
    **dict.fromkeys(("read_document", "read_attachment"), _OF_DOCUMENTS),
    **dict.fromkeys(("list_forms", "read_catalogue", "explain_draft"), _SIGNED_IN),
    "break_glass": Door(frozenset(role for role in Role if may_break_glass([role]))),
    "ask_release": _scope(GRANTS_ASK),
    **dict.fromkeys(("read_release", "approve_release"), _scope(GRANTS_APPROVE)),
    "list_waiting_releases": _scope(GRANTS_APPROVE),
    "list_grants": _scope(GRANTS_READ),
    "list_audit": _scope(AUDIT_READ),
    "recall": _writers(ConsentWithdrawal),
    "list_recalls": _readers(ConsentWithdrawal),
    "list_notices": _readers(AdvanceRepatriationNotice),
    "list_providers": _readers(ProviderDirectory),
    "list_policies": Door(frozenset(role for scope in _POLICIES for role in roles_with(scope)), (_POLICIES,)),
    "approve_terms": _writers(CorridorPolicy),
    "preview_agenda": _writers(MeetingAgenda),
    "export_record": _scope(CASES_READ),
    "import_records": _writers(CaseFile, CASES_WRITE),
    **dict.fromkeys(("get_register", "get_sheet", "freeze_year", "correct_year"), _scope(FIGURES_KEEP)),
    "get_case_figures": _scope(FIGURES_KEEP, among=FILLS_FIGURES),
    **dict.fromkeys(("get_totals", "get_places", "list_snapshots"), _scope(FIGURES_READ)),
    "get_crossed": _scope(FIGURES_READ, among=SEES_SMALL_COUNTS),
    **dict.fromkeys(("list_inbox", "list_outbox", "list_waiting_attachments"), _scope(BOXES_READ)),
    **dict.fromkeys(("export_bundle", "import_bundle"), _scope(BUNDLES_CARRY)),
    "list_agencies": _scope(AGENCIES_READ),
}
"""Every operation that is no form, by its name in the contract."""
