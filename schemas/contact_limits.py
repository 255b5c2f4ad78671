"""Who must not be approached: a limit that refuses, in every kind of document that speaks of contact (004 3.1).

A limit names a relation. The case file holds limits in the person's own words; ``relations_in`` reads relations out
of them in the languages of the region, and in doubt reads too many rather than too few: a relative who is told by
mistake can't be untold (domain 2.D, "do no harm" in tracing).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Protocol, runtime_checkable

from schemas.background_codes import ContactRestrictionReason
from schemas.base import CaseUid, Line, Part, Text
from schemas.case_file import CaseFile
from schemas.codes import Relation
from schemas.document import Document
from schemas.earlier import current
from schemas.facts import Level, Need, fact
from schemas.needs import Location, Problem

Limits = Mapping[Relation, frozenset[ContactRestrictionReason]]
"""Who must not be approached, and why."""
DANGER = frozenset({ContactRestrictionReason.PERSON_INVOLVED, ContactRestrictionReason.FEAR_OF_HARM})
"""Reasons for which living under one roof is no safe return."""
HINT = "the person asked that this relative is not approached; only a newer case file can lift that"


class ContactLimit(Part):
    """Somebody of the family who must not be approached, by relation, and why."""

    relation: Annotated[Relation, fact(Level.L3, "Who, by relation", need=Need.BASIC)]
    who: Annotated[Line | None, fact(Level.L3, "Who, in words", "Where the relation alone is not clear.")] = None
    reason: Annotated[ContactRestrictionReason, fact(Level.L3, "Reason", need=Need.BASIC)]
    text: Annotated[Text | None, fact(Level.L3, "In words")] = None


@runtime_checkable
class Restricts(Protocol):
    """A kind of document that says who must not be approached."""

    def contact_limits(self) -> tuple[ContactLimit, ...]:
        """Return the limits that the document carries."""
        ...


_EVERYBODY = frozenset(Relation)
_PARENTS = frozenset({Relation.FATHER, Relation.MOTHER})
_WORDS: tuple[tuple[str, frozenset[Relation]], ...] = (
    (
        "family|relatives?|everybody|everyone|anybody|anyone|household|မိသားစု|ဆွေမျိုး|ครอบครัว|ญาติ|家人|全家|亲戚",
        _EVERYBODY,
    ),
    ("stepfather|step_father|ပထွေး|พ่อเลี้ยง|继父", frozenset({Relation.STEP_FATHER})),
    ("stepmother|step_mother|မိထွေး|แม่เลี้ยง|继母", frozenset({Relation.STEP_MOTHER})),
    ("stepparents?", frozenset({Relation.STEP_FATHER, Relation.STEP_MOTHER})),
    ("grandfathers?|grandpa|အဘိုး|ปู่|祖父|外公|爷爷", frozenset({Relation.GRANDFATHER})),
    ("grandmothers?|grandma|အဘွား|ยาย|ย่า|祖母|外婆|奶奶", frozenset({Relation.GRANDMOTHER})),
    ("grandparents", frozenset({Relation.GRANDFATHER, Relation.GRANDMOTHER})),
    ("parents?|မိဘ|พ่อแม่|父母", _PARENTS),
    ("father|dad|အဖေ|ဖခင်|พ่อ|บิดา|父亲|爸爸", frozenset({Relation.FATHER})),
    ("mother|mum|mom|အမေ|မိခင်|แม่|มารดา|母亲|妈妈", frozenset({Relation.MOTHER})),
    ("aunts?|aunty|auntie|အဒေါ်|ป้า|阿姨|姑姑", frozenset({Relation.AUNT})),
    ("uncles?|ဦးလေး|ลุง|叔叔|舅舅", frozenset({Relation.UNCLE})),
    ("brothers?|အစ်ကို|မောင်လေး|พี่ชาย|น้องชาย|哥哥|弟弟", frozenset({Relation.BROTHER})),
    ("sisters?|အစ်မ|ညီမ|พี่สาว|น้องสาว|姐姐|妹妹", frozenset({Relation.SISTER})),
    ("siblings?", frozenset({Relation.BROTHER, Relation.SISTER})),
    ("husband|ခင်ပွန်း|สามี|丈夫", frozenset({Relation.HUSBAND})),
    ("wife|ဇနီး|ภรรยา|妻子", frozenset({Relation.WIFE})),
    ("spouse", frozenset({Relation.HUSBAND, Relation.WIFE})),
    ("partner|boyfriend|girlfriend|แฟน", frozenset({Relation.PARTNER})),
    ("sons?|သား|ลูกชาย|儿子", frozenset({Relation.SON})),
    ("daughters?|သမီး|ลูกสาว|女儿", frozenset({Relation.DAUGHTER})),
    ("guardian|အုပ်ထိန်းသူ|ผู้ปกครอง|监护人", frozenset({Relation.GUARDIAN})),
    ("non_family", frozenset({Relation.NON_FAMILY})),
    ("other_family|cousins?", frozenset({Relation.OTHER_FAMILY})),
)


def _pattern(words: str) -> re.Pattern[str]:
    """Latin words count as whole words; the scripts of the region write without spaces."""
    return re.compile(
        "|".join(rf"(?<![a-z_]){word}(?![a-z_])" if word.isascii() else word for word in words.split("|"))
    )


_PATTERNS = tuple((_pattern(words), relations) for words, relations in _WORDS)


def relations_in(text: str) -> frozenset[Relation]:
    """Return the relations that a text in somebody's own words may mean; the longer word wins over one inside it."""
    rest = re.sub(r"\b(step|grand)[\s-]+", r"\1", text.casefold())
    found: frozenset[Relation] = frozenset()
    for pattern, relations in _PATTERNS:
        if pattern.search(rest):
            found |= relations
            rest = pattern.sub(" ", rest)
    return found


def limits_of(earlier: Sequence[Document], case_uid: CaseUid | None) -> Limits:
    """Return who must not be approached by all that is held about a case.

    That is what the newest case file that answers the question says, and whatever was added after it.
    """
    files = [held for held in earlier if isinstance(held, CaseFile) and held.case_uid == case_uid and _answers(held)]
    file = max(files, key=lambda held: (held.created_at, held.id), default=None)
    found: dict[Relation, frozenset[ContactRestrictionReason]] = {}
    if file is not None and file.family is not None:
        for row in file.family.contact_restrictions or ():
            _add(found, relations_in(row.person_or_role or ""), row.reason)
    for held in current(Document, earlier, case_uid):
        if isinstance(held, Restricts) and (file is None or held.created_at >= file.created_at):
            for limit in held.contact_limits():
                _add(found, {limit.relation}, limit.reason)
    return found


def _answers(file: CaseFile) -> bool:
    """Say whether a case file answers the question who must not be approached."""
    return file.family is not None and file.family.contact_restrictions is not None


def _add(
    found: dict[Relation, frozenset[ContactRestrictionReason]],
    relations: Iterable[Relation],
    reason: ContactRestrictionReason | None,
) -> None:
    """Add a reason to each relation; a limit without a reason counts as a danger."""
    for relation in relations:
        found[relation] = found.get(relation, frozenset()) | {reason or ContactRestrictionReason.FEAR_OF_HARM}


def contact_problems(
    location: Location, relations: Iterable[Relation | None], limits: Iterable[Relation]
) -> Iterator[Problem]:
    """Yield a problem where somebody was, or is to be, approached who must not be (a refusal, not a note)."""
    if frozenset(relations) & frozenset(limits):
        yield Problem(location, "contact_restricted", HINT, source="004 3.1")


def dropped_limits(location: Location, carried: Sequence[ContactLimit], limits: Limits) -> Iterator[Problem]:
    """Yield a problem where a limit that is known is not passed on; everybody counts as passed on by any row."""
    if set(limits) - {limit.relation for limit in carried} and not (set(limits) == _EVERYBODY and carried):
        yield Problem(
            location,
            "restriction_dropped",
            "list everybody who must not be approached, as the case file does",
            source="004 3.1",
        )
