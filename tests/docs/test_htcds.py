"""The page of the mapping is made from the declarations, and names every reason there is."""

from api.rules.htcds.loss import LossReason, Trouble
from api.rules.htcds.mapping import mapping_table
from schemas.htcds.standard import ATTRIBUTION
from tests.docs.reading import ROOT

PAGE = (ROOT / "docs" / "htcds.md").read_text()


def test_the_page_shows_the_mapping() -> None:
    """A question that gets a name of the standard, or loses it, changes the page."""
    assert PAGE.endswith(mapping_table())


def test_the_page_tells_each_reason() -> None:
    """Those of losses and those of problems."""
    before, _, after = PAGE.partition("## What is not taken over")
    assert [reason for reason in LossReason if f"`{reason}`" not in before] == []
    assert [reason for reason in Trouble if f"`{reason}`" not in after] == []


def test_the_standard_is_attributed() -> None:
    """CC BY 4.0, and nobody is said to endorse us."""
    assert ATTRIBUTION in PAGE
