"""What a case worker should look at twice; a caution never blocks, since papers and scripts differ.

It is told with the answer to whoever writes a document, and for a case file with the review of its draft already. Each
kind has its own look; a kind without one has nothing to be cautious of.

The text of a case file is looked at for words that name what only the restricted annex may name, for text in the Zawgyi
encoding (a mark that stands where Unicode has none; Shan and Mon stay unflagged), for identity numbers of an unusual
form, and for ages that contradict each other.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from functools import singledispatch

from api.rules.age import has_age_conflict
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.aftercare_codes import Recommendation, TraffickedAgain
from schemas.base import YesNoUnknown
from schemas.case_body import CaseBody
from schemas.case_file import CaseFile
from schemas.codes import IdDocumentType
from schemas.departure_record import DepartureRecord
from schemas.document import Document
from schemas.follow_up_report import FollowUpReport
from schemas.needs import Problem, leaves
from schemas.reception_record import ReceptionRecord

_RESTRICTED = re.compile(
    r"\bHIV\b|\bhiv\b|\bAIDS\b|\bART\b|\bARVs?\b|[Aa]ntiretroviral"
    r"|เอชไอวี|เอดส์|ยาต้านไวรัส"
    r"|အိတ်ချ်အိုင်ဗွီ|အိပ်ချ်အိုင်ဗွီ|အေအိုင်ဒီအက်စ်|ခုခံအားကျ|အေအာရ်တီ"
    r"|艾滋|爱滋|愛滋|抗病毒|逆转录"
)
_ZAWGYI = re.compile(r"(?:^|\s)\u1031|\u1039(?![\u1000-\u1021])")
_NRC = re.compile(r"(?:[1-9]|1[0-4])/[A-Z\u1000-\u109F]{3,30}\([A-Z\u1000-\u109F]{1,10}\)\d{6}", re.ASCII)
_THAI_ID = re.compile(r"\d{13}", re.ASCII)
_INTERVIEWS = 2


@singledispatch
def cautions_of(document: Document, policy: CorridorNumbers = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield what to look at twice in a document, by what the corridor agreed; a place and a code, never a value."""
    _ = document, policy
    yield from ()


@cautions_of.register
def _of_case_file(file: CaseFile, policy: CorridorNumbers = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield what the review of its draft said on the day on which it was written."""
    yield from cautions_in(file, file.created_at.date(), policy)


@cautions_of.register
def _of_reception(reception: ReceptionRecord, _policy: CorridorNumbers = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield an interview by law enforcement that the person did not agree to."""
    interview = reception.police_interview
    if interview.held is YesNoUnknown.YES and interview.consented is not YesNoUnknown.YES:
        yield Problem(
            ("police_interview", "consented"), "interview_without_consent", "find out how this happened, and help"
        )


@cautions_of.register
def _of_departure(departure: DepartureRecord, policy: CorridorNumbers = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield a company that neighbours would notice (004 3.1)."""
    if len(departure.escorts) > policy.max_visitors:
        yield Problem(("escorts",), "too_many_visitors", "a return is discreet; fewer people draw less attention")


@cautions_of.register
def _of_follow_up(report: FollowUpReport, policy: CorridorNumbers = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield a visit by too many, and a danger without urgency (004 3.8: one of the department and one of an NGO)."""
    if len(report.visitors) > policy.max_visitors:
        yield Problem(("visitors",), "too_many_visitors", "one of the department and one of the NGO are enough")
    told = report.indicators
    is_danger = told is not None and (
        told.safe is YesNoUnknown.NO or told.not_retrafficked in {TraffickedAgain.TRAFFICKED, TraffickedAgain.SUSPECTED}
    )
    if is_danger and report.recommendation in {Recommendation.CONTINUE, Recommendation.CLOSE}:
        yield Problem(("recommendation",), "danger_without_urgency", "somebody is in danger; refer, or call it urgent")


def cautions_in(body: CaseBody, today: date, policy: CorridorNumbers = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield what to look at twice in a case file, however incomplete, as it stands on a day."""
    if has_age_conflict(body, today):
        yield Problem(("person", "age_reported"), "age_conflict", "birth and age contradict each other; both are kept")
    yield from _text_cautions(body)
    yield from _paper_cautions(body)
    yield from _case_cautions(body, today, policy)


def _text_cautions(body: CaseBody) -> Iterator[Problem]:
    """Yield texts that say too much, or that are in another encoding."""
    for place, _, _, value in leaves(body, (str,)):
        if isinstance(value, Enum):
            continue
        if _RESTRICTED.search(value):
            yield Problem(place, "restricted_words", "this belongs into the restricted annex; take it out here")
        if _ZAWGYI.search(value):
            yield Problem(place, "zawgyi_possible", "this may be Zawgyi; enter it in Unicode")


def _paper_cautions(body: CaseBody) -> Iterator[Problem]:
    """Yield identity numbers of an unusual form."""
    for index, paper in enumerate(body.person.id_documents or () if body.person else ()):
        number, place = paper.normalised, ("person", "id_documents", index, "number")
        if number is None:
            continue
        if paper.type is IdDocumentType.NRC and not _NRC.fullmatch(number):
            yield Problem(place, "nrc_syntax", "usually state/TOWNSHIP(N)123456; compare with the card")
        if paper.type is IdDocumentType.THAI_ID_13 and not has_thai_checksum(number):
            yield Problem(place, "thai_id_checksum", "the check digit does not fit; compare with the card")


def has_thai_checksum(number: str) -> bool:
    """Say whether a number of 13 digits ends with the check digit that the first twelve ask for (modulus 11)."""
    if not _THAI_ID.fullmatch(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, range(13, 1, -1), strict=False))
    return (11 - total % 11) % 10 == int(number[-1])


def _case_cautions(body: CaseBody, today: date, policy: CorridorNumbers) -> Iterator[Problem]:
    """Yield a home outside the corridor, many interviews, and a legal hold without consent or timely review."""
    corridor = body.header.corridor if body.header else None
    if corridor and body.home and body.home.home_country not in {None, corridor.origin}:
        yield Problem(("home", "home_country"), "home_not_origin", "home is not in the country of origin of this case")
    if body.completion and len(body.completion.interview_dates or ()) > _INTERVIEWS:
        yield Problem(
            ("completion", "interview_dates"), "many_interviews", "two sessions at most are best for the person"
        )
    hold = body.justice.return_hold if body.justice else None
    if hold is None or hold.hold is not YesNoUnknown.YES:
        return
    if hold.consented_by_victim is not YesNoUnknown.YES:
        yield Problem(("justice", "return_hold"), "hold_without_consent", "nobody is held back without own consent")
    if hold.review_date and hold.review_date > today + timedelta(days=policy.legal_hold_review_days):
        yield Problem(
            ("justice", "return_hold", "review_date"), "hold_review_late", "look at a legal hold again sooner"
        )
