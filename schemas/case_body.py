"""The body of a case file: its sections in the order of the printed form, each of which may be missing.

A draft has a body long before it is a document; a document adds its header and the rules (``case_file.py``).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, TypeGuard

from pydantic import Field

from schemas.ages import BirthSpan, IsChild, is_child_on, span_of_all
from schemas.attachments import Attachment
from schemas.base import Frozen, Part
from schemas.case_sections.completion import Completion
from schemas.case_sections.family import Family
from schemas.case_sections.header import Header
from schemas.case_sections.home import Home
from schemas.case_sections.needs_and_care import InterimCare, SpecialNeeds
from schemas.case_sections.person import Person
from schemas.case_sections.trafficking import Trafficking
from schemas.case_sections.wishes_and_justice import Justice, Wishes
from schemas.consent import Consents, FieldPointer
from schemas.facts import Level, Need, fact, group_of
from schemas.need_to_know import Row, Under
from schemas.rows import Rows


class CaseBody(Frozen):
    """Sections A to K."""

    header: Annotated[Header | None, fact(Level.L1, "A. Case header", need=Need.BASIC)] = None
    person: Annotated[Person | None, fact(Level.L2, "B. Person", need=Need.BASIC)] = None
    home: Annotated[Home | None, fact(Level.L2, "C. Home address", need=Need.BASIC)] = None
    family: Annotated[Family | None, fact(Level.L3, "D. Family background", need=Need.FULL)] = None
    trafficking: Annotated[Trafficking | None, fact(Level.L3, "E. Trafficking summary", need=Need.BASIC)] = None
    special_needs: Annotated[SpecialNeeds | None, fact(Level.L3, "F. Special needs", need=Need.BASIC)] = None
    interim_care: Annotated[InterimCare | None, fact(Level.L3, "G. Interim care")] = None
    wishes: Annotated[Wishes | None, fact(Level.L3, "H. Return wishes", need=Need.FULL)] = None
    justice: Annotated[Justice | None, fact(Level.L3, "I. Justice", need=Need.FULL)] = None
    consents: Annotated[
        Consents | None,
        fact(Level.L1, "J. Consent record", need=Need.BASIC, htcds="con_Consent"),
        Under(Row.CONSENT),
    ] = None
    completion: Annotated[Completion | None, fact(Level.L1, "K. Completion", need=Need.FULL)] = None
    full_version_no: Annotated[
        Annotated[int, Field(ge=1, le=999)] | None, fact(Level.L1, "Version of the full file")
    ] = None
    changed_fields: Annotated[Rows[FieldPointer] | None, fact(Level.L1, "Changed since the last version")] = None
    scan_attachments: Annotated[
        Rows[Attachment] | None,
        fact(Level.L1, "Scans of the paper form", "In place of sections D to J."),
        Under(Row.FAMILY),
    ] = None

    def birth_span(self, told_on: date) -> BirthSpan | None:
        """Return when the person may have been born by all that is known.

        That is what birth and age have in common, or, where they contradict each other, everything that either allows.
        """
        admission = self.header.admission_date if self.header else None
        return span_of_all(self.person.birth_spans(admission or told_on) if self.person else ())

    def is_child(self, on: date) -> IsChild:
        """Say whether the person is a child on a day."""
        return is_child_on(self.birth_span(on), on)


@cache
def sections() -> Mapping[str, type[Part]]:
    """Return the type of the questions of each section under the name of its field, in the order of the form."""
    groups = {name: group_of(CaseBody, name) for name in CaseBody.model_fields}
    return {name: group for name, group in groups.items() if group is not None and _is_section(group)}


def _is_section(group: type[Frozen]) -> TypeGuard[type[Part]]:
    """Say whether a group is a section, which has a letter on the printed form."""
    return issubclass(group, Part) and hasattr(group, "letter")
