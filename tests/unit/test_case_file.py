"""The case file refuses what can't be true or can't be used, each with a place and a code."""

from typing import Any

import pytest

from schemas.ages import IsChild
from schemas.case_file import CaseFile
from schemas.case_sections.needs_and_care import SpecialNeedRow
from schemas.document import ConsentPurpose
from tests.forms import GONE, codes, document, example

BASIC, FULL = "case_file_basic", "case_file_full"
OTHER_CASE = "01JP0ZK8W3T5N7Q9R1S2V4X6Y9"
CHILD_BIRTH = {"edtf": "2010-05-01"}
SCAN = {"type": "scan", "sha256": "ab" * 32, "media_type": "application/pdf", "pages": 5, "bytes": 9000}
GUARDIAN = {"given_by": "guardian", "guardian_capacity": "appointed"}


def consent(purpose: str, **changes: object) -> dict[str, Any]:
    return {"purpose": purpose, "decision": "given", "given_by": "self", "date": "2025-03-10", **changes}


REFUSED = [
    pytest.param(
        {"/consents/1/recipient": "law_enforcement"},
        "/consents/1/recipient",
        "recipient_contradicts_purpose",
        id="to-share-with-welfare-given-for-the-police",
    ),
    pytest.param({"/person/nmaes": []}, "/person", "unknown_field", id="unknown-field"),
    pytest.param(
        {"/header/admission_date": "2025-05-01"}, "/header/admission_date", "future_date", id="admitted-after-writing"
    ),
    pytest.param(
        {"/home/last_lived_there": "2026"}, "/home/last_lived_there", "future_date", id="vague-but-surely-future"
    ),
    pytest.param(
        {"/header/admission_date": "2568-03-10"}, "/header/admission_date", "buddhist_era", id="buddhist-year"
    ),
    pytest.param(
        {"/header/first_admission_date": "2025-03-11"},
        "/header/first_admission_date",
        "wrong_order",
        id="first-after-this",
    ),
    pytest.param(
        {"/header/first_admission_date": "2025-01-11"},
        "/header/first_admission_date",
        "first_admission_contradicts",
        id="first-but-not",
    ),
    pytest.param(
        {"/header/admission_kind": "transfer_in"},
        "/header/first_admission_date",
        "required_blank",
        id="transfer-without-first",
    ),
    pytest.param(
        {"/header/admission_kind": "transfer_in", "/header/absent": {"first_admission_date": "asked_unknown"}},
        "/header/first_admission_date",
        "required_blank",
        id="no-reason-replaces-the-clock",
    ),
    pytest.param(
        {"/header/identification_date": GONE}, "/header/identification_date", "required_blank", id="identified-when"
    ),
    pytest.param(
        {"/header/priority": "special_case"}, "/header/priority", "priority_contradicts", id="priority-without-need"
    ),
    pytest.param({"/header/corridor/destination": "CN"}, "/sender", "outside_corridor", id="sender-in-a-third-country"),
    pytest.param({"/recipient": "LA-MLSW"}, "/recipient", "outside_corridor", id="recipient-in-a-third-country"),
    pytest.param(
        {"/trafficking/recruitment_date": "1999"},
        "/trafficking/recruitment_date",
        "wrong_order",
        id="recruited-before-birth",
    ),
    pytest.param(
        {"/trafficking/recruitment_date": "2025-04"},
        "/trafficking/recruitment_date",
        "wrong_order",
        id="recruited-after-admission",
    ),
    pytest.param(
        {"/trafficking/exploitation_period": "2023-05/2025-01"},
        "/trafficking/exploitation_period",
        "wrong_order",
        id="exploited-before-recruited",
    ),
    pytest.param(
        {"/trafficking/exploitation_period": "2023-09/2025-04"},
        "/trafficking/exploitation_period",
        "wrong_order",
        id="exploited-after-admission",
    ),
    pytest.param({"/trafficking/means": GONE}, "/trafficking/means", "required_blank", id="means-of-an-adult"),
    pytest.param({"/trafficking/purpose": []}, "/trafficking/purpose", "too_few", id="no-purpose"),
    pytest.param(
        {"/trafficking/purpose": ["FORCED_LABOUR"]}, "/trafficking/labour_sector", "required_blank", id="which-work"
    ),
    pytest.param(
        {"/trafficking/acts": ["transfer", "transfer"]}, "/trafficking/acts", "duplicate_code", id="ticked-twice"
    ),
    pytest.param(
        {"/family/contact_restrictions": GONE},
        "/family/contact_restrictions",
        "required_blank",
        id="restrictions-not-explicit",
    ),
    pytest.param(
        {"/family/wish_contact": GONE, "/family/absent/wish_contact": "not_asked"},
        "/family/wish_contact",
        "required_not_asked",
        id="never-asked",
    ),
    pytest.param(
        {"/family/absent/wish_contact": "asked_declined"}, "/family", "absent_but_answered", id="answer-and-reason"
    ),
    pytest.param(
        {"/family/absent/nonsense": "asked_declined"}, "/family", "absent_unknown_question", id="reason-for-nothing"
    ),
    pytest.param(
        {"/family/father/alive": "no", "/family/mother/alive": "unknown", "/family/relatives": GONE},
        "/family/relatives",
        "required_blank",
        id="no-parent-to-find",
    ),
    pytest.param(
        {"/family/relatives": [{"relation": "aunt"}] * 7}, "/family/relatives", "too_many", id="seven-relatives"
    ),
    pytest.param(
        {"/person/dependants_count": 2}, "/person/dependants_count", "count_mismatch", id="dependants-do-not-add-up"
    ),
    pytest.param(
        {"/person/id_documents": [{"type": "none"}, {"type": "nrc"}]},
        "/person/id_documents",
        "none_among_others",
        id="no-paper-and-a-paper",
    ),
    pytest.param({"/person/names/0/is_primary": True}, "/person/names", "two_primary_names", id="two-main-names"),
    pytest.param(
        {"/person/birth": GONE, "/person/age_reported": GONE},
        "/person/birth",
        "required_blank",
        id="neither-birth-nor-age",
    ),
    pytest.param({"/person/age_basis": GONE}, "/person/age_basis", "required_blank", id="age-of-which-kind"),
    pytest.param(
        {"/person/photo": {**SCAN, "type": "photo"}},
        "/person/photo",
        "photo_without_consent",
        id="photo-without-consent",
    ),
    pytest.param({"/home/admin3": GONE}, "/home/admin3", "required_blank", id="township-in-myanmar"),
    pytest.param(
        {"/special_needs/special_case": "yes"},
        "/special_needs/special_case",
        "special_case_contradicts",
        id="special-without-category",
    ),
    pytest.param(
        {"/special_needs/categories": [{"category": "WITNESS"}]},
        "/special_needs/special_case",
        "special_case_contradicts",
        id="category-not-flagged",
    ),
    pytest.param(
        {"/special_needs/categories": [{"category": "HIV"}]},
        "/special_needs/categories/0/category",
        "unknown_code",
        id="never-more-specific",
    ),
    pytest.param(
        {"/special_needs/categories": [{"identified_on": "2025-04-01", "resolved_on": "2025-03-20"}]},
        "/special_needs/categories/0/resolved_on",
        "ends_before_start",
        id="resolved-before-found",
    ),
    pytest.param(
        {"/interim_care/shelter_stays/0/end": "2025-03-01"},
        "/interim_care/shelter_stays/0/end",
        "ends_before_start",
        id="stay",
    ),
    pytest.param(
        {"/justice/return_hold": {"hold": "yes"}}, "/justice/return_hold", "hold_incomplete", id="hold-without-answer"
    ),
    pytest.param(
        {"/completion/quality": "partly"}, "/completion/quality_note", "required_blank", id="what-is-doubtful"
    ),
    pytest.param(
        {"/completion/attachments": [{**SCAN, "type": "medical"}]},
        "/completion/attachments/0/type",
        "medical_outside_annex",
        id="medical",
    ),
    pytest.param(
        {"/completion/attachments": [{**SCAN, "media_type": "text/html"}]},
        "/completion/attachments/0/media_type",
        "bad_format",
        id="html",
    ),
    pytest.param(
        {"/header/case_manager/mailbox": "Thidar"}, "/header/case_manager/mailbox", "bad_format", id="no-role-address"
    ),
    pytest.param(
        {"/consents/9": consent("PHOTO"), "/consents/10": consent("PHOTO")},
        "/consents/10",
        "duplicate_consent",
        id="same-consent-twice",
    ),
    pytest.param({"/consents/0/given_by": GONE}, "/consents/0/given_by", "consent_giver_missing", id="given-by-nobody"),
    pytest.param(
        {"/consents/0/given_by": "guardian"},
        "/consents/0/guardian_capacity",
        "guardian_capacity_missing",
        id="guardian-of-no-capacity",
    ),
    pytest.param(
        {"/consents/0/child_assent": "no"}, "/consents/0/child_assent", "assent_refused", id="the-child-said-no"
    ),
    pytest.param(
        {"/consents/0": consent("PHOTO", given_by="child_assent_and_guardian", guardian_capacity="parent")},
        "/consents/0/child_assent",
        "assent_missing",
        id="assent-not-recorded",
    ),
    pytest.param(
        {"/consents/0": consent("SHARE_HEALTH_RESTRICTED")},
        "/consents/0/recipient_agency",
        "recipient_not_named",
        id="unnamed",
    ),
    pytest.param(
        {"/consents/0/valid_until": "2025-03-01"},
        "/consents/0/valid_until",
        "ends_before_start",
        id="ended-before-it-began",
    ),
    pytest.param(
        {
            "/person/birth": CHILD_BIRTH,
            "/person/age_reported": GONE,
            "/person/age_as_of": GONE,
            "/person/age_basis": GONE,
        },
        "/consents/0/given_by",
        "child_consent_alone",
        id="a-child-alone",
    ),
]


@pytest.mark.parametrize(("edits", "path", "code"), REFUSED)
def test_what_can_not_be_true_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    """Each finding names a declared place and a stable code."""
    assert (path, code) in codes(FULL, edits)


ACCEPTED = [
    pytest.param(FULL, {"/home/last_lived_there": "2025"}, id="this-year-may-be-the-past"),
    pytest.param(FULL, {"/wishes/earliest_return_date": "2026-01-01"}, id="planned-dates-may-lie-ahead"),
    pytest.param(
        FULL, {"/trafficking/recruitment_date": "2025", "/trafficking/exploitation_period": "2025"}, id="vague-order"
    ),
    pytest.param(
        FULL,
        {"/family/wish_contact": GONE, "/family/absent/wish_contact": "asked_declined"},
        id="declined-is-an-answer",
    ),
    pytest.param(FULL, {"/family/father": GONE, "/family/absent/father": "asked_unknown"}, id="a-father-nobody-knows"),
    pytest.param(FULL, {"/trafficking/purpose": ["FORCED_LABOUR"], "/trafficking/labour_sector": "A03"}, id="fishing"),
    pytest.param(
        FULL, {"/person/photo": {**SCAN, "type": "photo"}, "/consents/9": consent("PHOTO")}, id="photo-with-consent"
    ),
    pytest.param(
        FULL,
        {"/header/admission_kind": "transfer_in", "/header/first_admission_date": "2025-02-20"},
        id="transfer-keeps-the-clock",
    ),
    pytest.param(
        BASIC,
        {"/trafficking/recruitment_date": GONE, "/trafficking/absent/recruitment_date": "not_asked"},
        id="basic-not-yet-asked",
    ),
    pytest.param(BASIC, {"/scan_attachments": [SCAN]}, id="scan-first"),
    pytest.param(
        BASIC, {"/header/priority": "special_case", "/special_needs/special_case": "yes"}, id="flag-before-the-reasons"
    ),
    pytest.param(BASIC, {"/special_needs/special_case": "unknown"}, id="not-known-yet"),
    pytest.param(
        BASIC,
        {"/header/victim_status": "presumed_victim", "/header/identification_date": GONE},
        id="presumed-has-no-date",
    ),
    pytest.param(BASIC, {"/home/home_country": "TH", "/home/admin3": GONE}, id="township-only-asked-in-myanmar"),
    pytest.param(
        BASIC, {"/header/corridor": {"destination": "TH", "origin": "TH"}, "/recipient": "TH-FOCAL"}, id="internal-case"
    ),
]


@pytest.mark.parametrize(("name", "edits"), ACCEPTED)
def test_what_may_be_true_is_accepted(name: str, edits: dict[str, object]) -> None:
    assert codes(name, edits) == set()


@pytest.mark.parametrize("section", ["header", "person", "home", "trafficking", "special_needs", "consents"])
def test_a_basic_file_has_page_one(section: str) -> None:
    """The sections of page one are needed at admission."""
    found = codes(BASIC, {f"/{section}": GONE})
    assert found
    assert {path.split("/")[1] for path, code in found if code == "required_blank"} >= {section}


@pytest.mark.parametrize("section", ["family", "wishes", "justice", "completion"])
def test_a_full_file_has_all_pages(section: str) -> None:
    assert any(path.startswith(f"/{section}/") for path, _ in codes(FULL, {f"/{section}": GONE}))


def test_a_special_case_says_what_care_was_given_and_who_approved() -> None:
    """Priority to special cases, with the interim care they received (004 1.6)."""
    edits = {
        "/header/priority": "special_case",
        "/special_needs": {
            "special_case": "yes",
            "categories": [{"category": "MEDICAL", "identified_on": "2025-03-11", "severity": "active"}],
        },
    }
    found = codes(FULL, edits)
    assert ("/interim_care/medical_care", "required_blank") in found
    assert ("/completion/supervisor_approval", "required_blank") in found


def test_a_child_needs_no_means_but_views_and_a_guardian() -> None:
    """Means are not asked of a child; its views, caregiver and vaccinations are (Palermo, CRC)."""
    edits: dict[str, object] = {
        "/person/birth": CHILD_BIRTH,
        "/person/age_reported": GONE,
        "/person/age_as_of": GONE,
        "/person/age_basis": GONE,
        "/trafficking/means": GONE,
    }
    for index, record in enumerate(example(FULL)["consents"]):
        edits[f"/consents/{index}"] = record | GUARDIAN
    assert codes(FULL, edits) == {
        ("/family/primary_caregiver_before", "required_blank"),
        ("/interim_care/vaccinations", "required_blank"),
        ("/wishes/child_views", "required_blank"),
    }


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param({"/person/birth/edtf": "2010"}, IsChild.UNCERTAIN, id="birth-and-age-contradict"),
        pytest.param({"/person/birth": GONE, "/person/age_reported": 16}, IsChild.TRUE, id="sixteen"),
        pytest.param(
            {"/person/birth": GONE, "/person/age_reported": 17}, IsChild.UNCERTAIN, id="seventeen-four-days-ago"
        ),
        pytest.param(
            {"/person/birth": GONE, "/person/age_reported": 19, "/person/age_basis": "running_year"},
            IsChild.UNCERTAIN,
            id="running-year",
        ),
        pytest.param({"/person/birth": GONE, "/person/age_reported": 19}, IsChild.FALSE, id="nineteen"),
    ],
)
def test_whoever_may_be_a_child_is_treated_as_one(person: dict[str, object], expected: IsChild) -> None:
    """Scenario S4: nineteen running years may be seventeen or eighteen."""
    edits = person | {
        f"/consents/{index}": record | GUARDIAN for index, record in enumerate(example(BASIC)["consents"])
    }
    case_file = document(BASIC, edits)
    assert isinstance(case_file, CaseFile)
    assert case_file.is_child(case_file.created_at.date()) is expected


def test_an_open_need_may_have_no_end() -> None:
    assert SpecialNeedRow(category="WITNESS").resolved_on is None


def purpose_of(edits: dict[str, object]) -> str:
    made = document(BASIC, edits)
    assert isinstance(made, CaseFile)
    return made.disclosures()[0].purpose


MEDICAL = {"/special_needs/special_case": "yes", "/header/priority": "special_case"}


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({}, id="the-example"),
        pytest.param({"/home/landmarks": "a big pagoda"}, id="more-of-the-home"),
        pytest.param({**MEDICAL, "/special_needs/categories": [{"category": "MEDICAL"}]}, id="a-flag"),
        pytest.param({"/special_needs/categories": []}, id="no-special-need"),
        pytest.param({"/family": {}, "/justice": {}}, id="blank-sections"),
        pytest.param({"/family": {"absent": {"wish_contact": "not_asked"}}}, id="nobody-asked-yet"),
    ],
)
def test_a_basic_file_needs_the_consent_to_share_a_basic_one(edits: dict[str, object]) -> None:
    assert purpose_of(edits) == "SHARE_BASIC_ORIGIN_WELFARE"


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({"/family": {"relatives": []}}, id="family"),
        pytest.param({"/family": {"absent": {"wish_contact": "asked_declined"}}}, id="family-she-would-not-speak-of"),
        pytest.param({"/wishes": {"return_wish": {"wish": "yes"}}}, id="wishes"),
        pytest.param({"/justice": {"return_hold": {"hold": "no"}}}, id="justice"),
        pytest.param({"/interim_care": {"escape_risk": "yes"}}, id="interim-care"),
        pytest.param({"/trafficking/summary": "She was told of a job."}, id="what-happened"),
        pytest.param({"/trafficking/acts": ["recruitment"]}, id="how-it-happened"),
        pytest.param({"/person/religion": "none"}, id="religion"),
        pytest.param(
            {**MEDICAL, "/special_needs/categories": [{"category": "MEDICAL", "severity": "urgent"}]}, id="how-ill"
        ),
    ],
)
def test_a_file_that_tells_more_needs_the_consent_to_share_a_full_one(edits: dict[str, object]) -> None:
    """What it calls itself decides nothing."""
    assert purpose_of(edits) == "SHARE_FULL_ORIGIN_WELFARE"


def test_who_must_not_be_told_travels_with_a_basic_file() -> None:
    """What protects the person is not held back for want of a consent; anything else of section D is."""
    protects = {"/family": {"contact_restrictions": [], "what_family_may_be_told": ["alive_and_safe_only"]}}
    purposes = [
        document(BASIC, edits).disclosures()[0].purpose
        for edits in (protects, {**protects, "/family/why_left": ["poverty"]})
    ]
    assert purposes == [ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE, ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE]
