"""What a person agreed to share with one agency, by the newest case file, unless it was taken back or has ended."""

from collections.abc import Sequence
from datetime import date

from api.rules.withdrawal import is_withdrawn
from schemas.base import AgencyId, CaseUid
from schemas.case_file import CaseFile
from schemas.consent import NAMED_RECIPIENT, decisive_record
from schemas.document import ConsentPurpose, Document
from schemas.guards import Disclosure


def agreed_with(agency: AgencyId, case_uid: CaseUid, held: Sequence[Document], on: date) -> frozenset[ConsentPurpose]:
    """Return the purposes for which the person's data may be shown at an agency on a day; none without a case file."""
    files = [file for file in held if isinstance(file, CaseFile) and file.case_uid == case_uid]
    newest = max(files, key=lambda file: (file.created_at, file.id), default=None)
    if newest is None:
        return frozenset()
    return frozenset(
        purpose
        for purpose in ConsentPurpose
        if (found := decisive_record(newest.consents or (), purpose, agency, on, is_named=purpose in NAMED_RECIPIENT))
        and found.is_given
        and not found.has_ended(on)
        and not is_withdrawn(Disclosure(purpose, agency, case_uid), found, held)
    )
