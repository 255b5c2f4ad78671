"""What a picture tells beside itself never leaves, what shows it stays as it was, and a PDF does nothing."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image

from api.errors import InvalidInput
from api.flow.attachments.checking import check_file
from api.flow.attachments.cleaning import cleaned
from api.flow.attachments.source import Pieces
from tests import files

PICTURES: list[Any] = [
    pytest.param("image/jpeg", lambda: files.photo("JPEG", comment=files.TOLD, xmp=files.TOLD), id="photo"),
    pytest.param(
        "image/jpeg", lambda: files.photo("JPEG", progressive=True, icc_profile=files.TOLD * 9), id="progressive-photo"
    ),
    pytest.param("image/png", files.png, id="png"),
    pytest.param("image/webp", lambda: files.photo("WEBP", xmp=files.TOLD), id="webp"),
    pytest.param("image/webp", lambda: files.photo("WEBP", lossless=True), id="lossless-webp"),
    pytest.param("image/tiff", lambda: files.photo("TIFF"), id="tiff"),
    pytest.param("image/tiff", lambda: files.photo("TIFF", compression="tiff_lzw"), id="packed-tiff"),
    pytest.param("image/tiff", files.scan, id="fax-of-three-pages"),
]


def source(data: bytes, part: int = 1000) -> Pieces:
    return Pieces(range(0, max(1, len(data)), part), len(data), lambda number: data[number * part :][:part])


def clean(data: bytes, media_type: str) -> bytes:
    return b"".join(cleaned(source(data), media_type))


def pixels(data: bytes) -> list[bytes]:
    pages = []
    with Image.open(io.BytesIO(data)) as image:
        for page in range(getattr(image, "n_frames", 1)):
            image.seek(page)
            pages.append(image.tobytes())
    return pages


@pytest.mark.parametrize(("media_type", "make"), PICTURES)
def test_a_picture_loses_what_it_tells_and_nothing_else(media_type: str, make: Callable[[], bytes]) -> None:
    """Position, camera, owner, comments and the tail are gone; every page is the same to the last point."""
    before = make()
    after = clean(before, media_type)
    assert files.TOLD in before
    assert files.TOLD not in after
    assert pixels(after) == pixels(before)
    with Image.open(io.BytesIO(after)) as image:
        assert image.getexif().get_ifd(0x8825) == {}, "no position"
    assert clean(after, media_type) == after, "what is clean stays as it is"


@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_a_photo_is_not_laid_on_its_side(turned: int) -> None:
    """How the phone was held is all that stays of what it told."""
    made = io.BytesIO()
    files.picture().save(made, "JPEG", exif=files.exif(turned))
    with Image.open(io.BytesIO(clean(made.getvalue(), "image/jpeg"))) as image:
        assert dict(image.getexif()) == ({} if turned == 1 else {0x0112: turned})


@pytest.mark.parametrize(
    ("media_type", "make"),
    [pytest.param("audio/mp4", files.mp4, id="mp4"), pytest.param("audio/mpeg", files.mp3, id="mp3")],
)
def test_a_recording_loses_where_and_when_it_was_made(media_type: str, make: Callable[[], bytes]) -> None:
    before = make()
    after = clean(before, media_type)
    assert files.TOLD in before
    assert files.TOLD not in after
    assert b"\xde\xad\xbe\xef" not in after
    assert (b"\x11" * 5000 in after) or (b"\x55" * 4000 in after)
    check_file(source(after), media_type, None, None)


@pytest.mark.parametrize(("media_type", "make"), PICTURES)
def test_a_picture_that_is_cut_off_or_damaged_is_refused_or_clean(media_type: str, make: Callable[[], bytes]) -> None:
    """Wherever it is cut, nothing but our own refusal comes, and never what it tells."""
    whole = make()
    for stop in range(12, len(whole), max(1, len(whole) // 40)):
        try:
            assert files.TOLD not in clean(whole[:stop], media_type)
        except InvalidInput as refused:
            assert refused.code == "file_malformed"  # noqa: PT017  # either is good


BEGINNINGS = {
    "image/jpeg": lambda: files.photo("JPEG"),
    "image/png": files.png,
    "image/webp": lambda: files.photo("WEBP"),
    "image/tiff": files.scan,
    "application/pdf": files.letter,
    "audio/mp4": files.mp4,
    "audio/mpeg": files.mp3,
    "audio/ogg": lambda: b"OggS\0" + bytes(100),
}


@pytest.mark.parametrize("announced", BEGINNINGS)
def test_a_file_is_what_it_says_it_is(announced: str) -> None:
    """Each type is taken for itself and for no other."""
    for name, make in BEGINNINGS.items():
        if name == announced:
            check_file(source(make()), announced, None, None)
            continue
        with pytest.raises(InvalidInput) as refused:
            check_file(source(make()), announced, None, None)
        assert refused.value.code == "media_type_differs"


SCRIPT = {"S": "/JavaScript", "JS": "app.alert(1)"}
ACTIVE: dict[str, dict[str, Any]] = {
    "a script that starts by itself": {"OpenAction": SCRIPT},
    "a script under a name": {"Names": {"JavaScript": {"Names": ["x", SCRIPT]}}},
    "a program that is started": {"Foo": {"S": "/Launch", "F": "cmd.exe"}},
    "an address that is opened at once": {"OpenAction": {"S": "/URI", "URI": "http://a.example"}},
    "a form that is sent away": {"AcroForm": {"Fields": [{"A": {"S": "/SubmitForm"}}]}},
    "a form made of XML": {"AcroForm": {"XFA": "x"}},
    "a file inside": {"Names": {"EmbeddedFiles": {"Names": []}}},
    "a file beside a page": {"Foo": {"Type": "/Filespec", "EF": {}}},
    "something at each page": {"AA": {"WC": {}}},
    "a film": {"Foo": [{"Subtype": "/RichMedia"}]},
}


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("catalog", ACTIVE.values(), ids=ACTIVE)
def test_a_pdf_that_does_something_is_refused(catalog: dict[str, Any], packed: bool) -> None:
    """Also where it hides in a compressed object stream."""
    with pytest.raises(InvalidInput) as refused:
        check_file(source(files.letter(packed=packed, **catalog)), "application/pdf", None, None)
    assert refused.value.code == "active_content"


@pytest.mark.parametrize(
    "catalog",
    [
        pytest.param({}, id="pages"),
        pytest.param({"OpenAction": [0, "/Fit"]}, id="opens at a page"),
        pytest.param({"OpenAction": {"S": "/GoTo", "D": [0]}}, id="goes to a page"),
        pytest.param({"Foo": {"S": "/URI", "URI": "http://a.example"}}, id="a link to follow"),
        pytest.param({"AcroForm": {"Fields": []}}, id="a form that does nothing"),
    ],
)
def test_a_pdf_that_only_shows_pages_is_taken(catalog: dict[str, Any]) -> None:
    check_file(source(files.letter(**catalog)), "application/pdf", None, None)


def test_a_pdf_that_nobody_can_look_into_is_refused() -> None:
    """With a password, cut off, or no PDF but its first line."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(files.letter())) as pdf:
        pdf.save(made, encryption=pikepdf.Encryption(owner="a", user="b"))
    for data in (made.getvalue(), files.letter()[:-200], b"%PDF-1.7\nnothing"):
        with pytest.raises(InvalidInput) as refused:
            check_file(source(data), "application/pdf", None, None)
        assert refused.value.code == "file_malformed"
