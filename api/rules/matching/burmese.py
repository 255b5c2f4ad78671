"""Names in Myanmar script, syllable by syllable, as they are usually spelt in Latin letters.

Burmese script says where a syllable ends, and a compact table of finals tells its sound; no dictionary is needed. The
same letters write Mon, Shan and Karen names, which come out near enough to be suggested.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from api.rules.matching.sounds import Syllable, spoken

_CONSONANT_SOUNDS: Final = (
    "က=k ခ=kh ဂ=g ဃ=g င=ng စ=s ဆ=hs ဇ=z ဈ=z ဉ=ny ည=ny ဋ=t ဌ=ht ဍ=d ဎ=d ဏ=n တ=t ထ=ht ဒ=d ဓ=d န=n ပ=p ဖ=ph ဗ=b ဘ=b မ=m "
    "ယ=y ရ=y လ=l ဝ=w သ=th ဟ=h ဠ=l အ= ၵ=k ၶ=kh ၸ=s ၺ=ny ꩡ=h ၼ=n ၽ=ph ၾ=f ꩨ=kh ၚ=ng ၛ=ny"
)
_CONSONANTS: Final[Mapping[str, str]] = dict(pair.split("=") for pair in _CONSONANT_SOUNDS.split())
_INDEPENDENT: Final = str.maketrans(
    {"ဣ": "အိ", "ဤ": "အီ", "ဥ": "အု", "ဦ": "အူ", "ဧ": "အေ", "ဩ": "အော", "ဪ": "အော", "ဿ": "သ္သ", "၎": "လ", "ါ": "ာ", "ႆ": "ယ်"}
)
_FINAL_CLASSES: Final = (
    "က=k ခ=k ဂ=k င=ng စ=c ဆ=c ဇ=c ည=y ဉ=j တ=t ထ=t ဒ=t ဓ=t ဋ=t ဌ=t သ=t ပ=t ဖ=t ဗ=t ဘ=t န=n ဏ=n မ=n လ=n ယ=e ရ= ဝ= ဟ="
)
_FINALS: Final[Mapping[str, str]] = dict(pair.split("=") for pair in _FINAL_CLASSES.split())
"""What closes a syllable, in classes: stops, nasals, and the palatals that change the vowel before them."""
_VOWELS: Final[Mapping[str, str]] = {
    "": "a", "ာ": "a", "ိ": "i", "ီ": "i", "ု": "u", "ူ": "u", "ေ": "e", "ဲ": "e", "ော": "aw", "ို": "o",
    "ံ": "an", "ုံ": "on", "ိံ": "ein", "ာံ": "an", "ႄ": "e", "ဳ": "i", "ဴ": "o",
}  # fmt: skip
_RIMES: Final[Mapping[tuple[str, str], str]] = {
    ("", "k"): "et", ("ာ", "k"): "et", ("ော", "k"): "auk", ("ို", "k"): "aik", ("ိ", "k"): "eik", ("ု", "k"): "ok",
    ("", "ng"): "in", ("ာ", "ng"): "in", ("ော", "ng"): "aung", ("ို", "ng"): "aing", ("", "c"): "it", ("", "j"): "in",
    ("", "y"): "i", ("", "t"): "at", ("ာ", "t"): "at", ("ိ", "t"): "eik", ("ု", "t"): "ok", ("ေ", "t"): "it",
    ("", "n"): "an", ("ာ", "n"): "an", ("ိ", "n"): "ein", ("ု", "n"): "on", ("ေ", "n"): "in", ("", "e"): "e",
    ("ော", "n"): "aung", ("ို", "e"): "we", ("ီ", "n"): "in", ("ူ", "n"): "un",
}  # fmt: skip
_ROUNDED: Final[Mapping[str, str]] = {"at": "ut", "an": "un"}
"""After the medial w, the open vowel closes: Htun, Zun, Hmut."""
_SYLLABLE: Final = re.compile(
    r"(?P<onset>[က-အၚၛၵၶၸၺၼၽၾꩡꩨ])(?P<medials>[ျြွှၞၟၠႂ]*)(?P<vowel>[ာိီုူေဲံႄဳဴ]*)်?"
    r"(?P<finals>(?:[က-အ]်?္(?=[က-အ])|[က-အ]်)*)"
)
_TONES: Final = re.compile("[့းႇႈႉႊႛ]")
_SPEECH_ORDER: Final = {char: place for place, char in enumerate("ေႄိီုူဲံာဳဴ")}


def burmese_syllables(text: str) -> tuple[Syllable, ...]:
    """Return the syllables of a name in Myanmar script, in order."""
    plain = _TONES.sub("", unicodedata.normalize("NFC", text)).translate(_INDEPENDENT)
    return tuple(_spoken(match) for match in _SYLLABLE.finditer(plain))


def _spoken(match: re.Match[str]) -> Syllable:
    """Return the sound of one written syllable."""
    medials, written = match["medials"], "".join(sorted(match["vowel"], key=_SPEECH_ORDER.__getitem__))
    first = match["finals"][:1]
    closing = _FINALS.get(first, "")
    rime = _RIMES.get((written, closing)) or _open_rime(written) + ("" if closing in {"e", "y", "j", "c"} else closing)
    onset = _onset(match["onset"], medials)
    if "ွ" in medials and rime in _ROUNDED:
        return spoken(onset, _ROUNDED[rime])
    if match["onset"] == "ဝ" and not medials and rime == "an":
        return spoken(onset, "un")
    return spoken(onset + ("w" if "ွ" in medials else ""), rime)


def _open_rime(written: str) -> str:
    """Return the sound of vowel signs without a final; a pair that no table knows sounds like its first."""
    return _VOWELS.get(written) or _VOWELS.get(written[:1], "a")


def _onset(consonant: str, medials: str) -> str:
    """Return the sound of a consonant with its medials, the medial w aside."""
    sound = _CONSONANTS.get(consonant, "")
    has_y = "ျ" in medials or "ြ" in medials
    if ("ှ" in medials and (consonant in "ရယ" or (consonant == "လ" and has_y))) or (consonant == "သ" and "ျ" in medials):
        return "sh"
    return sound + ("y" if has_y and sound not in {"y", "ny", "th"} else "")
