"""Which characters the bytes of a text file are."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from enrichment.errors import UnreadableFile
from enrichment.words import files as words

_CHUNK = 1 << 16
_SAMPLE = 1 << 16  # bytes of lines with other than ASCII characters that are looked at
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What spreadsheet programs and CRMs write beside Unicode. Few candidates make a small file's guess
# a good one.
_CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "mac-roman", "cp850", "cp437", "koi8-r",
    "cp932", "gb18030", "big5hkscs", "cp949",
)  # fmt: skip

# Names in Western European files use few letters by which chardet could tell Windows-1252 from its
# sisters: on a French file of two rows it rates 1250 at 0.034 and 1252 at 0.029, on a Czech one at
# 0.056 and 0.010. So 1252 wins unless it is far behind.
_SISTERS = ("cp1250", "cp1254", "cp1257")
_LEAD = 1.5

# Excel's CSV, CSV (Macintosh) and CSV (MS-DOS) hold the same letters at other places, and chardet
# rates them alike: a German file in 850 at 0.022, as Mac Roman at 0.016. In the wrong one, names
# have capitals and signs in their middle (JÅrgen, J├╝rgen).
_WESTERN = ("cp1252", "mac-roman", "cp850", "cp437")
_APOSTROPHES, _PUNCTUATION = "‘’", "“”«»–—…"


def detect(path: Path) -> tuple[str, bytes]:
    """The codec of a text file, and the byte-order mark that it begins with.

    The whole file decodes with the codec, and encodes to the same bytes again.

    Raises:
        UnreadableFile: the file is not text, or in an encoding that cannot be told.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    mark, codec = next(
        ((mark, codec) for mark, codec in _MARKS if start.startswith(mark)), (b"", "")
    )
    codec = codec or _utf_16_without_mark(start)
    if codec:
        if not _is_text_in(path, codec, mark):
            raise UnreadableFile(words.damaged_encoding(codec.upper()[:6].rstrip("-")))
        return codec, mark
    if _is_text_in(path, "utf-8", b""):
        return "utf-8", b""
    for candidate in _likely(_telling_lines(path)):
        if _is_text_in(path, candidate, b""):
            return candidate, b""
    raise UnreadableFile(words.UNKNOWN_ENCODING)


def _utf_16_without_mark(start: bytes) -> str:
    """Text in Latin letters has a zero in every other byte."""
    half = len(start) // 2
    if half and start[1::2].count(0) > 0.6 * half and not start[::2].count(0):
        return "utf-16-le"
    if half and start[::2].count(0) > 0.6 * half and not start[1::2].count(0):
        return "utf-16-be"
    return ""


def _is_text_in(path: Path, codec: str, mark: bytes) -> bool:
    """Whether the file, without its mark, is text in the codec and comes out as the same bytes when
    it is encoded again.
    """
    decoder = codecs.getincrementaldecoder(codec)()
    waiting = b""
    try:
        for chunk in _chunks(path, len(mark)):
            text = decoder.decode(chunk)
            if "\0" in text:
                raise UnreadableFile(words.ZERO_BYTES)
            waiting += chunk
            encoded = text.encode(codec)
            if not waiting.startswith(encoded):
                return False
            waiting = waiting[len(encoded) :]
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return not waiting


def _chunks(path: Path, start: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while chunk := file.read(_CHUNK):
            yield chunk


def _telling_lines(path: Path) -> list[bytes]:
    """Lines that are not plain ASCII; those alone tell encodings apart."""
    lines: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while size < _SAMPLE and (line := file.readline(_SAMPLE)):
            if not line.isascii():
                lines.append(line)
                size += len(line)
    return lines


def _likely(lines: list[bytes]) -> list[str]:
    """Codecs in which the lines may be written, the likeliest first."""
    import chardet  # 66 ms, which only files that are not Unicode pay at their cold start

    if sum(map(_is_utf_8, lines)) * 2 >= len(lines):
        raise UnreadableFile(words.MIXED_ENCODINGS)
    guesses = chardet.detect_all(
        b"".join(lines), ignore_threshold=True, compat_names=False, include_encodings=_CANDIDATES
    )
    rated = {
        guess["encoding"].lower().replace("_", "-"): guess["confidence"]
        for guess in guesses
        if guess["encoding"]
    }
    likely = sorted(rated, key=lambda codec: rated[codec], reverse=True)
    if likely and likely[0] in _SISTERS and rated.get("cp1252", 0) * _LEAD >= rated[likely[0]]:
        likely.insert(0, "cp1252")
    if likely and (likely[0] in _WESTERN or _oddities(lines, likely[0])):
        western = sorted(
            (codec for codec in _WESTERN if codec in likely),
            key=lambda codec: _oddities(lines, codec),
        )
        likely = [*western, *likely]
    return likely


def _oddities(lines: list[bytes], codec: str) -> int:
    """How many characters beside plain letters stand where none does in a name: signs and other
    alphabets, small letters among capitals and the other way round.
    """
    text = b"".join(lines).decode(codec, errors="replace")
    return sum(
        _is_odd(before, character, after)
        for before, character, after in zip(text, text[1:], text[2:], strict=False)
        if not character.isascii() and (_is_letter(before) or _is_letter(after))
    )


def _is_odd(before: str, character: str, after: str) -> bool:
    if not (character.isalpha() and "\u00c0" <= character < "\u0250"):
        is_inside = before.isalpha() and after.isalpha()
        return character not in _APOSTROPHES and (is_inside or character not in _PUNCTUATION)
    if character.isupper():
        return before.islower() or (before.isalpha() and after.islower())
    return before.isupper() and after.isupper()


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
