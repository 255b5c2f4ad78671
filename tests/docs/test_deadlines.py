"""The page about deadlines lists the rules as the code has them."""

import re

from api.rules.watch.deadline import Rule
from api.rules.watch.table import RULES, WORDS
from api.rules.watch.yearly import OWNERS
from schemas.figures_codes import Barrier
from tests.docs.reading import ROOT

PAGE = (ROOT / "docs" / "deadlines.md").read_text()


def test_each_rule_stands_on_the_page_with_its_owners() -> None:
    """In the order of the table, with the words that an alert uses."""
    listed = re.findall(r"^\| (D\d\d[ab]?) \| ([^|]+) \| [^|]+ \| [^|]+ \| ([A-Z, ]+) \| [^|]+ \|$", PAGE, re.MULTILINE)
    owners = {**OWNERS, **{rule: watch.owners for rule, watch in RULES.items()}}
    assert listed == [(rule.value, WORDS[rule].label, ", ".join(owners[rule])) for rule in Rule]


def test_each_barrier_is_named() -> None:
    assert all(f"`{barrier}`" in PAGE for barrier in Barrier)
