"""Files as cameras, scanners and recorders make them, full of what they tell beside the picture; all fictional."""

import io
import struct
from random import Random
from typing import Any

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

TOLD = b"SECRET"
"""Stands in everything that a file tells beside itself."""


def picture(size: tuple[int, int] = (320, 200)) -> Image.Image:
    """Return a picture of noise, the same each time."""
    return Image.frombytes("RGB", size, Random(7).randbytes(size[0] * size[1] * 3))  # noqa: S311


def exif(turned: int = 6) -> Image.Exif:
    """Return what a phone writes: position, camera, owner, and how it was held."""
    told = picture((1, 1)).getexif()
    told[0x0112], told[0x010F], told[0x013B] = turned, "SECRET camera", "SECRET owner"
    gps = told.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4], gps[29] = "N", (16.0, 48.0, 12.0), "E", (96.0, 9.0, 0.0), "SECRET day"
    return told


def photo(kind: str, **more: Any) -> bytes:
    """Return a photo of a format with everything that a camera tells, and a tail behind it."""
    made = io.BytesIO()
    picture().save(made, kind, exif=exif(), **more)
    return made.getvalue() + (b"" if kind == "TIFF" else b"SECRET film behind the photo")


def png() -> bytes:
    """Return a PNG with words beside the picture."""
    words = PngInfo()
    words.add_text("Author", "SECRET author")
    words.add_itxt("XML:com.adobe.xmp", "<x>SECRET</x>", zip=False)
    return photo("PNG", pnginfo=words)


def scan(pages: int = 3) -> bytes:
    """Return a TIFF of several pages, packed like a fax, with words beside them."""
    made = io.BytesIO()
    first, *rest = [picture((320, 200 + page)).convert("1") for page in range(pages)]
    first.save(made, "TIFF", save_all=True, append_images=rest, compression="group4", exif=exif(1), software="SECRET")
    return made.getvalue()


def mp4() -> bytes:
    """Return the frame of a recording with its position, a note and the time when it was made."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    at = struct.pack(">II", 0xDEADBEEF, 0xDEADBEEF)
    place = box(b"udta", box(b"\xa9xyz", b"SECRET+16.8032+096.1500/"))
    media = box(b"mdia", box(b"mdhd", b"\0\0\0\0" + at + bytes(12)) + box(b"udta", b"SECRET"))
    track = box(b"trak", box(b"tkhd", b"\0\0\0\0" + at + bytes(72)) + media)
    header = box(b"mvhd", b"\x01\0\0\0" + at + at + bytes(96))
    sound = box(b"mdat", b"\x11" * 5000)
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", header + track + place + box(b"meta", b"SECRET")) + sound


def mp3() -> bytes:
    """Return a recording with tags before and behind the sound."""
    tag = b"ID3\x04\0\0" + bytes((0, 0, 1, 0)) + b"SECRET".ljust(128, b"\0")
    return tag + b"\xff\xfb\x90\x00" + b"\x55" * 4000 + b"TAG" + b"SECRET".ljust(125, b"\0")


def letter(*, packed: bool = True, **catalog: Any) -> bytes:
    """Return a PDF of two pages; ``catalog`` puts things into its root."""
    pdf = pikepdf.new()
    for _ in range(2):
        pdf.add_blank_page()
    for name, value in catalog.items():
        pdf.Root[f"/{name}"] = pdf.make_indirect(_object(value))
    made = io.BytesIO()
    modes = pikepdf.ObjectStreamMode
    pdf.save(made, object_stream_mode=modes.generate if packed else modes.disable, compress_streams=True)
    return made.getvalue()


def _object(value: Any) -> Any:
    """Return plain data as an object of a PDF; what begins with a slash is a name."""
    if isinstance(value, dict):
        return pikepdf.Dictionary({f"/{name}": _object(one) for name, one in value.items()})
    if isinstance(value, list):
        return pikepdf.Array([_object(one) for one in value])
    return pikepdf.Name(value) if isinstance(value, str) and value.startswith("/") else value
