"""Which encoding a file's bytes are in, proven where that is possible and refused where it is not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from .issues import UnreadableFile

SAVE_AS_UTF8 = "Save it as UTF-8 (in Excel: CSV UTF-8) and send it again."
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# Four letters in a row beyond ASCII: no language written in Windows-1252, but every Cyrillic or Greek word.
_FOREIGN = re.compile(rb"[\xc0-\xff]{4}")
# Signs that stand inside words in the old DOS code pages, and are quotes or dots in Windows-1252.
_DOS = re.compile(rb"[A-Za-z][\x81\x82\x84\x85\x87\x88\x8d\x8f\x90\x94\x9d][a-z]")
_HIGH_LETTER = re.compile(rb"[\xc0-\xe0\xe2-\xff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` is Python's name; `words` is how a person calls it."""

    codec: str
    words: str


def detect_encoding(content: bytes) -> Encoding:
    """Raises UnreadableFile for bytes that are none of the encodings that planners' files come in."""
    for mark, codec, words in _MARKS:
        if content.startswith(mark):
            return _checked(content, codec, words)
    if wide := _wide(content):
        return _checked(content, wide, "UTF-16 without byte order mark")
    if b"\x00" in content:
        row = content[: content.index(b"\x00")].count(b"\n") + 1
        raise UnreadableFile(
            "nul_sign", f"Line {row} holds a NUL byte, which no text file has. {SAVE_AS_UTF8}", row
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_mixed(content, error)
        _refuse_other_pages(content)
        return _checked(content, "cp1252", "Windows-1252")
    return Encoding("utf-8", "UTF-8" if not content.isascii() else "ASCII")


def _checked(content: bytes, codec: str, words: str) -> Encoding:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise UnreadableFile(
            "encoding",
            f"The file says it is {words}, but the bytes near line {row} are not. {SAVE_AS_UTF8}",
            row,
        ) from None
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise UnreadableFile(
            "nul_sign", f"Line {row} holds a NUL sign, which no text file has. {SAVE_AS_UTF8}", row
        )
    return Encoding(codec, words)


def _wide(content: bytes) -> str | None:
    """UTF-16 without its mark: nearly every second byte is zero, always on the same side."""
    sample = content[:4096]
    if len(sample) < 4 or len(content) % 2:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.7 * half and not even:
        return "utf-16-le"
    if even > 0.7 * half and not odd:
        return "utf-16-be"
    return None


def _refuse_mixed(content: bytes, error: UnicodeDecodeError) -> None:
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(1 for sign in text if sign > "\x7f") - broken
    row = content[: error.start].count(b"\n") + 1
    if sound > broken:
        raise UnreadableFile(
            "mixed_encoding",
            f"The file is UTF-8 but for line {row}, whose bytes are not: it was cut off or put together from two "
            f"encodings. {SAVE_AS_UTF8}",
            row,
        )


def _refuse_other_pages(content: bytes) -> None:
    foreign = _FOREIGN.search(content)
    dos = None if _HIGH_LETTER.search(content) else _DOS.search(content)
    if found := foreign or dos:
        row = content[: found.start()].count(b"\n") + 1
        raise UnreadableFile(
            "encoding",
            f"The letters in line {row} are of an encoding that cannot be told from the file. {SAVE_AS_UTF8}",
            row,
        )
