"""Names of one person agree however they are spelt, ordered, addressed or written; names of two people do not."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.rules.matching.names import ALIKE, CLOSE, Likeness, liken, speak
from api.rules.matching.reading import read_name
from api.rules.matching.reasons import MatchReason


def _liken(one: str, other: str) -> Likeness | None:
    return liken(speak(one), speak(other))


ONE_PERSON = {
    "the same": ("Thidar Wai", "Thidar Wai", {MatchReason.SAME_TOKENS}),
    "other order": ("Thidar Wai", "Wai Thidar", {MatchReason.OTHER_ORDER}),
    "mute endings": ("Thidar Wai", "Thida Wai", {MatchReason.TRANSLITERATION}),
    "voiced or not": ("Thidar Wai", "Thita Wai", {MatchReason.TRANSLITERATION}),
    "Khaing or Khine": ("Khaing Mar Lay", "Khine Ma Lay", {MatchReason.TRANSLITERATION}),
    "Hla or Hlar": ("Hla Hla Win", "Hlar Hlar Win", {MatchReason.TRANSLITERATION}),
    "Kyaw or Kyow": ("Kyaw Zin Latt", "Kyow Zin Lat", {MatchReason.TRANSLITERATION}),
    "Htun or Tun": ("Nyan Htun Oo", "Nyan Tun U", {MatchReason.TRANSLITERATION}),
    "Way, Wai or We": ("Su Way Phyo", "Su We Phyo", {MatchReason.TRANSLITERATION}),
    "Thein or Thain": ("Thein Zaw Min", "Thain Zaw Min", {MatchReason.TRANSLITERATION}),
    "Myint or Myin": ("Aye Myint Khin", "Aye Myin Khin", {MatchReason.TRANSLITERATION}),
    "Aye or Ay": ("Aye Khin Yi", "Ay Khin Yee", {MatchReason.TRANSLITERATION}),
    "Soe or So": ("Soe Moe Naing", "So Mo Naing", {MatchReason.TRANSLITERATION}),
    "spaces": ("Khin Hnin Phyu", "Khinhnin Phyu", {MatchReason.SAME_TOKENS}),
    "capitals and marks": ("NGUYỄN THỊ HOA", "Nguyen Thi Hoa", {MatchReason.TRANSLITERATION}),
    "honorific Daw": ("Daw Hla Yin", "Hla Yin", {MatchReason.HONORIFIC_ASIDE}),
    "honorific Ma": ("Ma Thidar Wai", "Thidar Wai", {MatchReason.HONORIFIC_ASIDE}),
    "Nang with Ma": ("Ma Nang Seng Hom", "Seng Hom", {MatchReason.HONORIFIC_ASIDE}),
    "two honorifics": ("Ko Nyan Tun", "U Nyan Tun", {MatchReason.HONORIFIC_ASIDE}),
    "honorific that is the name": ("U Maung Maung", "Maung Maung", {MatchReason.HONORIFIC_ASIDE}),
    "Burmese": ("သီတာဝေ", "Thidar Wai", {MatchReason.OTHER_SCRIPT, MatchReason.TRANSLITERATION}),
    "Burmese open vowels": ("အေးခင်ရီ", "Aye Khin Yee", {MatchReason.OTHER_SCRIPT}),
    "Burmese with spaces": ("အောင် ကျော် မိုး", "Aung Kyaw Moe", {MatchReason.OTHER_SCRIPT}),
    "Burmese honorific": ("ဒေါ်လှရင်", "Hla Yin", {MatchReason.OTHER_SCRIPT, MatchReason.HONORIFIC_ASIDE}),
    "Burmese honorific written Ma": ("မသီတာဝေ", "Thita Wai", {MatchReason.OTHER_SCRIPT, MatchReason.HONORIFIC_ASIDE}),
    "Burmese stacked": ("စန္ဒာထွန်း", "Sandar Htun", {MatchReason.OTHER_SCRIPT}),
    "Burmese finals": ("ဟိန်းထက်ကျော်", "Hein Htet Kyaw", {MatchReason.OTHER_SCRIPT}),
    "Burmese medials": ("ဇွန်ပွင့်ဖြူ", "Zun Pwint Phyu", {MatchReason.OTHER_SCRIPT}),
    "Burmese shw and wun": ("ရွှေ ဝဏ္ဏ", "Shwe Wunna", {MatchReason.OTHER_SCRIPT}),
    "Thai": ("สุภาพร", "Supaporn", {MatchReason.OTHER_SCRIPT}),
    "Thai with a title": ("นางสาวศิริพร แก้ว", "Siriporn Kaew", {MatchReason.OTHER_SCRIPT, MatchReason.HONORIFIC_ASIDE}),
    "Thai implicit vowels": ("สมชาย วันดี", "Somchai Wandee", {MatchReason.OTHER_SCRIPT}),
    "Thai mute letters": ("สมศักดิ์ จันทร์", "Somsak Chan", {MatchReason.OTHER_SCRIPT}),
    "Thai leading vowels": ("ไพลิน แดง", "Pailin Daeng", {MatchReason.OTHER_SCRIPT}),
    "Thai and Lao": ("สมพร", "ສົມພອນ", {MatchReason.OTHER_SCRIPT}),
    "Lao": ("ບຸນມີ", "Bounmy", {MatchReason.OTHER_SCRIPT}),
    "Khmer": ("ស្រីមុំ", "Sreymom", {MatchReason.OTHER_SCRIPT}),
    "Khmer second series": ("សុភា", "Sophea", {MatchReason.OTHER_SCRIPT}),
    "Chinese": ("李小明", "Li Xiaoming", {MatchReason.OTHER_SCRIPT}),
    "Chinese both forms": ("陈晓丽", "陳曉麗", {MatchReason.TRANSLITERATION}),
    "Chinese given name first": ("Xiaoli Chen", "陈晓丽", {MatchReason.OTHER_SCRIPT, MatchReason.OTHER_ORDER}),
    "twice the same word": ("Aung Aung", "အောင်အောင်", {MatchReason.OTHER_SCRIPT}),
    "a script without a reader": ("محمد علي", "محمد علي", {MatchReason.SAME_TOKENS}),
}


@pytest.mark.parametrize(("one", "other", "reasons"), ONE_PERSON.values(), ids=ONE_PERSON)
def test_one_name(one: str, other: str, reasons: set[MatchReason]) -> None:
    """It agrees, and the explanation says in what the two differ."""
    found = _liken(one, other)
    assert found is not None
    assert (found.degree >= ALIKE, set(found.reasons)) == (True, reasons)
    assert found.is_enough


TWO_PEOPLE = {
    "one of two words": ("Aung Aung", "Aung Kyaw"),
    "one of two words, the other way": ("Zaw Aung", "Aung Kyaw"),
    "the word once": ("Aung", "Aung Aung"),
    "the last word": ("Thidar Wai", "Thidar Win"),
    "a father's name": ("Hla Yin", "Nyan Tun"),
    "the same honorific": ("Daw Hla Yin", "Daw Mya Than"),
    "one letter": ("Maung Myint", "Aung Myint"),
    "vowels": ("Soe Win", "Saw Wun"),
    "Myit or Myint": ("Kyaw Myint", "Kyaw Myit"),
    "a sister": ("Thidar Wai", "Sandar Wai"),
    "two scripts": ("သီတာဝေ", "Nilar Win"),
    "Thai": ("สมชาย", "สมศรี"),
    "Chinese": ("李小明", "王小明"),
    "Chinese in Latin letters": ("Li Ming", "Wang Li"),
    "never shorter than it is": ("Maung Maung", "Maung"),
}


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE.values(), ids=TWO_PEOPLE)
def test_two_names(one: str, other: str) -> None:
    """It takes more than a shared word."""
    found = _liken(one, other)
    assert found is not None
    assert found.degree < CLOSE
    assert found.reasons == (MatchReason.OTHER_NAME,)


def test_a_longer_name_is_close() -> None:
    """Who is called by a part of their name is suggested with care."""
    found = _liken("Aung Kyaw Moe", "Aung Kyaw")
    assert found is not None
    assert CLOSE <= found.degree < ALIKE
    assert MatchReason.PART_OF_NAME in found.reasons


def test_a_short_common_name_is_not_enough() -> None:
    """A person called Aung is not found by that alone."""
    found = _liken("Ko Aung", "U Aung")
    assert found is not None
    assert not found.is_enough


@pytest.mark.parametrize("text", ["", "  ", "၊။", "123", "\u200b", "..."], ids=repr)
def test_what_is_no_name(text: str) -> None:
    assert _liken(text, "Thidar Wai") is None
    assert _liken(text, text) is None


def test_scripts_without_a_reader_are_compared_with_themselves_only() -> None:
    assert _liken("محمد", "Mohammed") is None


def test_the_text_of_a_name_is_never_endless() -> None:
    """A line may be 200 characters; a comparison stays small."""
    assert len(read_name("ko " * 100).words) == 12
    assert _liken("ko " * 100, "ma " * 100) is not None


SYLLABLES = "Aung Kyaw Thidar Wai Khaing Hla Mya Sandar Nwe Htun Zaw Moe Phyu Lin Som Siri Porn Chai Wang Li Sokha"
WORDS = SYLLABLES.split()
TITLES = ["U", "Daw", "Ko", "Ma", "Saw", "Naw", "Nang", "Sai", "Mi", "Nai", "Min", "Salai"]
names = st.lists(st.sampled_from(WORDS + TITLES), min_size=1, max_size=5)


def _likeness(one: list[str], other: list[str]) -> Likeness:
    found = _liken(" ".join(one), " ".join(other))
    assert found is not None
    return found


@given(names, names)
def test_it_is_the_same_both_ways(one: list[str], other: list[str]) -> None:
    assert _likeness(one, other) == _likeness(other, one)


@given(names)
def test_whoever_is_compared_with_themself_agrees(name: list[str]) -> None:
    assert _likeness(name, name).degree == 1.0


@given(names, names, st.randoms(use_true_random=False))
def test_the_order_of_words_changes_no_degree(one: list[str], other: list[str], chance: random.Random) -> None:
    turned = [*one]
    chance.shuffle(turned)
    assert _likeness(turned, other).degree == _likeness(one, other).degree


@given(names, st.sampled_from(TITLES))
def test_a_form_of_address_takes_nothing_away(name: list[str], title: str) -> None:
    assume(set(name) - {title} and len(set(name) & set(TITLES)) <= 2)
    assert _likeness([title, *name], name).degree == 1.0


@given(names, names, st.sampled_from(TITLES))
def test_a_form_of_address_never_makes_a_name_less_alike(one: list[str], other: list[str], title: str) -> None:
    assume(title not in one and sum(word in TITLES for word in one) < 2)
    assert _likeness([title, *one], other).degree >= _likeness(one, other).degree


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_compared(one: str, other: str) -> None:
    """Whatever somebody typed: it is compared, or it is said that it can't be; always the same both ways."""
    assert _liken(one, other) == _liken(other, one)
    found = _liken(one, one)
    assert found is None or found.degree == 1.0
