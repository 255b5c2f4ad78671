"""Cases as the rules of deadlines look at them, made of the examples: what is held, where, and when it arrived."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from api.rules.agreements import BUILT_IN
from api.rules.watch.case import Watched
from api.rules.watch.deadline import Deadline
from api.rules.watch.table import deadlines_of
from schemas.base import AgencyId, CaseUid
from schemas.document import CaseState, Document
from tests.forms import document, example

BASIC, FULL, ESCAPE, ALERT = "case_file_basic", "case_file_full", "escape_notice", "special_case_alert"
ASKED, TRACED, ASSESSED = "family_tracing_request", "family_tracing_result", "family_assessment"
NOTICE, ACK = "advance_repatriation_notice", "notice_acknowledgement"
CROSSED, SIGNED = "handover_record", "handover_record_countersigned"
WAY = (BASIC, FULL, ASKED, TRACED, ASSESSED, NOTICE, ACK, CROSSED, SIGNED, "reception_record")
LIFE = (*WAY, "service_provider_assignment", "assessment_review", "departure_record", "follow_up_report")
CASE = CaseUid(example(BASIC)["case_uid"])
SHELTER, DEPARTMENT = AgencyId("TH-SHELTER-N1"), AgencyId("MM-DSW")
OPENED = datetime(2025, 3, 12, 3, 0, tzinfo=UTC)


def of_case(name: str, edits: Mapping[str, object] | None = None, **changed: Any) -> Document:
    """Return an example as a document of the one case, edited with the rules and changed without them."""
    made = document(name, edits)
    about = {} if made.case_uid is None else {"case_uid": CASE}
    return made.model_copy(update={**about, **changed})


def life() -> list[Document]:
    """Return a whole case as both sides hold it: what the provider tells comes by the department."""
    made = [of_case(name) for name in LIFE]
    passed_on = {"sender": DEPARTMENT, "recipient": SHELTER}
    return [one if one.sender in {SHELTER, DEPARTMENT} else one.model_copy(update=passed_on) for one in made]


def admitted(day: str) -> Document:
    """Return a basic file of somebody who was admitted on a day."""
    edits = {"/header/admission_date": day, "/created_at": f"{day}T18:00:00+07:00", "/header/identification_date": day}
    told = {f"/consents/{index}/date": day for index in range(len(example(BASIC)["consents"]))}
    return of_case(BASIC, {**edits, **told, "/person/age_as_of": day})


def watched(*held: Document, at: str = SHELTER, **more: Any) -> Watched:
    """Return the case with these documents, as an agency holds it."""
    case = {"case_uid": CASE, "destination": "TH", "origin": "MM", "opened_at": OPENED, "state": CaseState.ADMITTED}
    return Watched(agency=AgencyId(at), held=held, **{**case, "policies": BUILT_IN, **more})


def due(held: Iterable[Document], rule: str, **more: Any) -> list[Deadline]:
    """Return the deadlines of one rule in a case with these documents."""
    return [one for one in deadlines_of(watched(*held, **more)) if one.rule == rule]


def only(held: Iterable[Document], rule: str, **more: Any) -> Deadline:
    """Return the one deadline of a rule."""
    (found,) = due(held, rule, **more)
    return found


def days(held: Iterable[Document], rule: str, **more: Any) -> list[str]:
    """Return the local ends of the deadlines of a rule, to the minute."""
    return [one.due_at.isoformat(timespec="minutes") for one in due(held, rule, **more)]


def days_late(one: Deadline) -> int:
    """Return how many days after its time it was met, begun ones included; none where it was in time or is open."""
    return max((one.met_at - one.due_at).days + 1, 0) if one.met_at is not None else 0
