"""Whose word opens a gate and whose closes one: anybody who is trusted may write, and that gives nobody a part."""

import pytest

from api.errors import InvalidInput, NotPermitted
from api.rules.hearing import list_unheard
from api.rules.permit import may_record
from schemas.base import AgencyId
from schemas.corridor import Corridor
from schemas.document import Document, Side
from tests.forms import GONE
from tests.watched import ASKED, ASSESSED, FULL, of_case

ENDS = Corridor(destination="TH", origin="MM")
PARTNERS = frozenset(map(AgencyId, ("TH-SHELTER-N1", "MM-DSW")))
WAIVED = {"reason": "Nobody lives there any more.", "decided_by": "DSW-204", "approved_by": "DSW-011"}


@pytest.mark.parametrize(
    ("held", "is_heard"),
    [
        pytest.param(of_case(FULL), True, id="a-partner"),
        pytest.param(of_case(FULL, sender="TH-POLICE-X"), False, id="a-stranger"),
        pytest.param(of_case(ASSESSED), True, id="the-side-that-assesses"),
        pytest.param(of_case(ASSESSED, sender="TH-SHELTER-N1"), False, id="the-side-that-does-not"),
    ],
)
def test_who_is_heard_has_a_part_and_is_of_the_side_that_sends_it(held: Document, *, is_heard: bool) -> None:
    assert list(list_unheard([held], ENDS, PARTNERS, ())) == ([] if is_heard else [held])
    is_partner = held.sender in PARTNERS
    assert list(list_unheard([held], None, PARTNERS, ())) == ([] if is_partner else [held]), "no sides are known"


def test_who_names_a_document_relies_on_it_unless_that_side_sends_none() -> None:
    visitor = of_case(ASSESSED, sender="MM-NGO-B")
    assert list(list_unheard([visitor], ENDS, PARTNERS, {visitor.id})) == []
    praised = of_case(ASSESSED, sender="TH-SHELTER-N1")
    assert list(list_unheard([praised], ENDS, PARTNERS, {praised.id})) == [praised]


def refused(made: Document, *unheard: Document) -> set[str]:
    try:
        may_record(made, case_files={}, earlier=unheard, heard=(), side=Side.ORIGIN, now=made.created_at)
    except InvalidInput as problem:
        return {finding.code for finding in problem.findings}
    except NotPermitted as problem:
        return {problem.code}
    return set()


def test_a_warning_is_taken_from_anybody() -> None:
    """A dangerous home, and who must not be approached: told by a stranger, it refuses as if a partner had told it."""
    home = of_case("departure_record", {"/is_child": "true", "/review_ref": GONE, "/review_waived": WAIVED})
    assert refused(home, of_case("family_assessment_negative", sender="MM-NGO-B")) == {"negative_assessment"}
    assert refused(home, of_case(ASSESSED, sender="MM-NGO-B")) == set()
    visit = of_case(ASSESSED, assessed_before_located_because="urgent")
    limits = {"/contact_restrictions": [{"relation": "mother", "reason": "fear_of_harm"}]}
    asked = of_case(ASKED, limits, sender="TH-POLICE-X")
    assert refused(visit) == {"consent_missing"}
    assert "contact_restricted" in refused(visit, asked)
