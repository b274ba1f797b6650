"""What a signature rests on, what may be said with it, how long it may take, and what may be a paper 复核规则."""

import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping

from approvals.states import EXTENSIONS, MediaType, Pressure
from hpf.errors import Refusal

LONGEST_FILE_NAME = 120
# Names of a PDF that make a reader run something, send something off, or hide a file in it (ISO 32000-1, 12.6.4, 12.7.8
# and 7.11.4). All are long: a short one such as JS turns up by chance in every few megabytes of a scanned picture.
ACTIVE_PDF = re.compile(
    rb"/(?:(?:JavaScript|Rendition|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b|XFA\s*[\[0-9])"
)
# A name may spell any of its letters by number (7.3.5); objects may be packed together (7.5.7).
SPELT = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"\bstream\r?\n")
PACKED, READABLE, DISGUISED = b"/ObjStm", re.compile(rb"/Filter\s*\[?\s*/FlateDecode\b\s*\]?"), b"/DecodeParms"
MOST_UNPACKED = 32 * 1024 * 1024
PNG_HEAD, PNG_TAIL = b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG_HEAD, JPEG_TAIL = b"\xff\xd8\xff", b"\xff\xd9"
# A resident ID number by its birth date, a mobile number, a bank card; a credit code may be 18 digits too.
PERSONAL_NUMBER = re.compile(
    r"(?<![0-9A-Z])(?:"
    r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{5}[0-9X]|1[3-9][0-9]{9}|[0-9]{16,17}|[0-9]{19}"
    r")(?![0-9A-Z])"
)


class HoldsPersonalNumber(Refusal):
    message = "填写的内容会长期留痕，请去掉其中的证件号码、手机号或银行卡号，必要时只写后四位"
    code = "holds_personal_number"


def digest_of(facts: Mapping[str, str]) -> str:
    """The SHA-256 of facts, the same for the same facts in any order 内容摘要.

    A page carries the digest of what it showed; the signature is refused when the facts have another one by then.
    """
    spelt = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()


def kept_words(text: str) -> str:
    """Read words that are kept for good 留痕文字 (R-410), such as a reason or the evidence of a change.

    Raises:
        HoldsPersonalNumber: a resident ID, mobile or bank card number stands in them whole.
    """
    if PERSONAL_NUMBER.search(unicodedata.normalize("NFKC", text).upper()):
        raise HoldsPersonalNumber
    return text


def pressure(waited: int, allowed: int | None) -> Pressure:
    """How near the end of its time a case is that waited so many of the days allowed 办理时限: half, 80 percent, past.

    Without a limit, none.
    """
    if allowed is None or waited * 2 < allowed:
        return Pressure.NONE
    if waited > allowed:
        return Pressure.OVER
    return Pressure.NEAR if waited * 5 >= allowed * 4 else Pressure.HALF


def media_type(data: bytes) -> MediaType | None:
    """What a file is, by its first and last bytes 文件类型; None for what is neither PDF nor JPEG nor PNG.

    It has to begin and end as such, so that nothing rides along in front of it or behind it.
    """
    end = data.rstrip(b"\r\n\t \0")
    if data.startswith(b"%PDF-") and end.endswith(b"%%EOF"):
        return MediaType.PDF
    if data.startswith(JPEG_HEAD) and end.endswith(JPEG_TAIL):
        return MediaType.JPEG
    return MediaType.PNG if data.startswith(PNG_HEAD) and data.endswith(PNG_TAIL) else None


def is_active(data: bytes, kind: MediaType) -> bool:
    """Whether a PDF names scripts, programs to start or files inside, or may hide them 含有脚本或附件.

    Objects that are packed together are unpacked to be looked at; what does not unpack, or to more than a paper can
    need, counts as hiding something.
    """
    if kind != MediaType.PDF:
        return False
    if ACTIVE_PDF.search(_plain(data)):
        return True
    try:
        return any(ACTIVE_PDF.search(_plain(objects)) for objects in _unpacked(data))
    except ValueError:
        return True


def _plain(data: bytes) -> bytes:
    """The same with all names in letters."""
    return SPELT.sub(lambda found: bytes([int(found[1], 16)]), data)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What a PDF has packed together, one pack after another. Raises ValueError for what cannot be looked into."""
    left = MOST_UNPACKED
    for found in STREAM.finditer(data):
        about = _plain(data[data.rfind(b"obj", 0, found.start()) : found.start()])
        if PACKED not in about or b"/Filter" not in about:
            continue
        if not READABLE.search(about) or DISGUISED in about:
            raise ValueError("packed in a way that is not read")
        objects = _inflated(data[found.end() : data.find(b"endstream", found.end())], left)
        left -= len(objects)
        yield objects


def _inflated(packed: bytes, most: int) -> bytes:
    line = zlib.decompressobj()
    try:
        objects = line.decompress(packed, most + 1)
    except zlib.error as broken:
        raise ValueError("does not unpack") from broken
    if len(objects) > most:
        raise ValueError("unpacks to too much")
    return objects


def file_name(name: str) -> str:
    """A file's name without folders and signs nobody sees, cut in front of its ending 文件名."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip()
    stem, dot, ending = seen.rpartition(".")
    return f"{stem[: LONGEST_FILE_NAME - len(ending) - 1]}{dot}{ending}"


def ending_fits(name: str, kind: MediaType) -> bool:
    """Whether a file is called what it is 扩展名与内容一致."""
    return name.rpartition(".")[2].lower() in EXTENSIONS[kind]
