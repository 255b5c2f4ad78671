"""Stories of what goes on beside the way home, told as documents of the one case, one step a day."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.assessment_codes import AssessmentResult
from schemas.base import YesNoUnknown
from schemas.care_codes import ConsentDecision
from schemas.case_sections.wishes_and_justice import Justice, ReturnHold
from schemas.document import Document
from schemas.family_assessment import FamilyAssessment
from schemas.return_codes import ReviewOutcome
from schemas.tracing_codes import TracingOutcome
from tests.watched import ALERT, ASKED, ASSESSED, BASIC, CROSSED, TRACED, of_case

START = datetime(2025, 6, 1, 9, 0, tzinfo=UTC)
REVIEW, ACKED, WITHDRAWN = "assessment_review", "special_case_acknowledgement", "consent_withdrawal"
GIVEN = of_case(BASIC).consents  # type: ignore[attr-defined]
ROW = of_case(WITHDRAWN).records[0]  # type: ignore[attr-defined]
TAKEN_BACK = tuple(ROW.model_copy(update={"purpose": record.purpose}) for record in GIVEN)
"""Every consent that was given, taken back in May."""


def justice(hold: YesNoUnknown) -> dict[str, Any]:
    """Return section I with or without a hold."""
    return {"justice": Justice.model_construct(return_hold=ReturnHold.model_construct(hold=hold))}


def special(told: YesNoUnknown) -> dict[str, Any]:
    """Return section F with the flag alone."""
    return {"special_needs": of_case(BASIC).special_needs.model_copy(update={"special_case": told})}  # type: ignore[attr-defined]


def consents(**changed: Any) -> dict[str, Any]:
    """Return section J with every record changed."""
    return {"consents": tuple(record.model_copy(update=changed) for record in GIVEN)}


def assessed(result: AssessmentResult) -> dict[str, Any]:
    """Return what an assessment came to."""
    return {"overall": of_case(ASSESSED).overall.model_copy(update={"result": result})}  # type: ignore[attr-defined]


STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "file": (BASIC, {}),
    "special": (BASIC, special(YesNoUnknown.YES)),
    "ordinary": (BASIC, special(YesNoUnknown.NO)),
    "held": (BASIC, justice(YesNoUnknown.YES)),
    "free": (BASIC, justice(YesNoUnknown.NO)),
    "refused": (BASIC, consents(decision=ConsentDecision.REFUSED)),
    "taken_back": (BASIC, consents(decision=ConsentDecision.WITHDRAWN)),
    "short": (BASIC, consents(valid_until=(START - timedelta(days=1)).date())),
    "unasked": (BASIC, {"consents": ()}),
    "anew": (BASIC, consents(date=START.date())),
    "withdrawn": (WITHDRAWN, {"records": TAKEN_BACK}),
    "alert": (ALERT, {}),
    "answered": (ACKED, {}),
    "asked": (ASKED, {}),
    "looking": (TRACED, {"status": TracingOutcome.IN_PROGRESS}),
    "found": (TRACED, {}),
    "nobody": (TRACED, {"status": TracingOutcome.NOT_FOUND}),
    "no_road": (TRACED, {"status": TracingOutcome.NO_ACCESS}),
    "stopped": (TRACED, {"status": TracingOutcome.STOPPED}),
    "good": (ASSESSED, assessed(AssessmentResult.POSITIVE)),
    "supported": (ASSESSED, assessed(AssessmentResult.POSITIVE_WITH_SUPPORT)),
    "bad": (ASSESSED, assessed(AssessmentResult.NEGATIVE)),
    "open": (ASSESSED, assessed(AssessmentResult.INCONCLUSIVE)),
    "safe": (REVIEW, {}),
    "doubted": (REVIEW, {"outcome": ReviewOutcome.NEW_CONCERN}),
    "waived": (REVIEW, {"outcome": ReviewOutcome.WAIVED}),
    "crossed": (CROSSED, {}),
    "home": ("departure_record", {}),
}
EXAMPLES = {name: of_case(name) for name, _ in STEPS.values()}
ANSWERS = {"answered": "alert"} | dict.fromkeys(("looking", "found", "nobody", "no_road", "stopped"), "asked")


def told(name: str, day: int, before: list[Document], **edits: object) -> Document:
    """Return one step of the case, written on a day; an answer names the newest question, a review what it reviews."""
    example, own = STEPS[name]
    header: dict[str, object] = {"id": f"01K{day:023d}", "created_at": START + timedelta(days=day), "supersedes": None}
    asked = [one.id for one in before if one.kind == EXAMPLES[STEPS[ANSWERS[name]][0]].kind] if name in ANSWERS else []
    made = [one.id for one in before if isinstance(one, FamilyAssessment)]
    about: dict[str, object] = {"reply_to": asked[-1]} if asked else {"reply_to": None} if example == TRACED else {}
    about |= {"assessment_ref": made[-1]} if made and example == REVIEW else {}
    about |= {"assessed_on": (START + timedelta(days=day)).date()} if example == ASSESSED else {}
    about |= {"departed_at": START + timedelta(days=day)} if example == "departure_record" else {}
    return EXAMPLES[example].model_copy(update={**header, **about, **own, **edits})


def story(names: str) -> list[Document]:
    """Return steps one day after the other; ``name*`` corrects what was told just before it by the same kind."""
    made: list[Document] = []
    for day, word in enumerate(names.split()):
        name = word.removesuffix("*")
        kind = EXAMPLES[STEPS[name][0]].kind
        before = [one.id for one in made if one.kind == kind]
        made.append(told(name, day, made, supersedes=before[-1] if word != name else None))
    return made
