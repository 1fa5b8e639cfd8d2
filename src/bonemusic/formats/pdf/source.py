"""PDF files opened, and what is drawn on their pages unpacked; never more of it than a machine can hold."""

from __future__ import annotations

import functools
import logging
import re
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import FormatError
from ...units import shown

if TYPE_CHECKING:
    import pikepdf

MAX_BYTES = 1 << 30
"""Of a file, and of all that is unpacked from it."""
MAX_PART = 64 << 20
"""Of what the library itself unpacks: objects that are packed together, and streams with other filters than Flate."""
SURE_BYTES, MOST_RATIO = 64 << 20, 100
"""Numbers are packed to a third, at most to a thirtieth where one thing is drawn again and again; what comes to more
than this is a bomb."""
SLICE = 1 << 16
LEAST, LITTLE = 1 << 14, 1 << 9
"""What looking for a stream or a layer counts at least, so that nobody is kept busy with millions of empty ones."""
MAX_PAGES = 1000
MAX_META, MOST_WARNINGS = 1000, 1000
PLAIN = {"/FlateDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"}
DAMAGED = "is damaged; take a whole copy of the file, or export it again"
NO_PAGE = "holds no page that can be read; export it again"
BOMB = "holds a stream that unpacks without end; it is refused, as it may be meant to do harm"

UNNAMED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError)
"""What the library raises, besides its own errors, over objects that are not what they should be."""

Returned = TypeVar("Returned")
Matrix = tuple[float, ...]
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")


def _guarded(function: Callable[..., Returned]) -> Callable[..., Returned]:
    """Whatever the library says of a broken object becomes one line."""

    @functools.wraps(function)
    def guard(*args: Any) -> Returned:
        import pikepdf

        try:
            return function(*args)
        except FormatError:
            raise
        except (pikepdf.PdfError, *UNNAMED) as why:
            raise FormatError(_said(why)) from why

    return guard


class Source:
    """An open PDF file, and how much may still be unpacked from it."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._left = MAX_BYTES
        self._off: set[tuple[int, int]] | None = None

    @_guarded
    def pages(self) -> list[Any]:
        """Its pages, as objects."""
        count = len(self._pdf.pages)
        if not count:
            raise FormatError(NO_PAGE)
        if count > MAX_PAGES:
            raise FormatError(f"has {count} pages; save the one with the disc by itself")
        return [page.obj for page in self._pdf.pages]

    @_guarded
    def meta(self) -> dict[str, str]:
        """What it says of itself: "title", and "rpm" and "curve" where Bonemusic wrote it."""
        info = self._pdf.trailer.get("/Info")
        names = {"/Title": "title", "/BonemusicRpm": "rpm", "/BonemusicCurve": "curve"}
        said = {name: _of(info, key) for key, name in names.items()}
        return {name: str(value)[:MAX_META] for name, value in said.items() if _is(value, "String")}

    @_guarded
    def mended(self) -> bool:
        """Whether the file is damaged, and what has been given of it so far was found in spite of that."""
        return bool(self._pdf.get_warnings())

    @_guarded
    def contents(self, page: Any) -> bytearray:
        """What a page draws; its streams follow each other, parted by a blank."""
        found = _of(page, "/Contents")
        body = bytearray()
        for stream in found if _is(found, "Array") else [found]:
            if _is(stream, "Stream"):
                self._unpack(stream, body)
                body += b"\n"
        return body

    @_guarded
    def form(self, resources: Any, name: bytes) -> tuple[bytearray, Matrix, Any] | None:
        """The drawing of that name ("/Fm1"): its operators, matrix and resources; None where it is none.

        A drawing without resources of its own uses those of what draws it.
        """
        self._spend(LEAST)
        form = _of(_of(resources, "/XObject"), _plain(name))
        if not _is(form, "Stream") or str(_of(form, "/Subtype")) != "/Form" or self._is_off(_of(form, "/OC")):
            return None
        given = _of(form, "/Matrix")
        matrix = tuple(float(value) for value in given) if _is(given, "Array") else ()
        if len(matrix) != 6 or not all(abs(value) <= 1e12 for value in matrix):
            matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        own = _of(form, "/Resources")
        body = bytearray()
        self._unpack(form, body)
        return body, matrix, resources if own is None else own

    @_guarded
    def hides(self, resources: Any, name: bytes) -> bool:
        """Whether the layer of that name is switched off when the file is opened (ISO 32000-1, 8.11)."""
        if not self._switched_off():
            return False
        self._spend(LITTLE)
        return self._is_off(_of(_of(resources, "/Properties"), _plain(name)))

    def _is_off(self, layer: Any) -> bool:
        """Whether a layer, or all layers of a set of them, are switched off."""
        several = _of(layer, "/OCGs")
        layers = list(several) if _is(several, "Array") else [layer if several is None else several]
        return all(_is(each, "Dictionary") and each.objgen in self._switched_off() for each in layers)

    def _switched_off(self) -> set[tuple[int, int]]:
        if self._off is None:
            settings = _of(self._pdf.Root, "/OCProperties")
            first = _of(settings, "/D")
            off = _numbers(_of(first, "/OFF"))
            if str(_of(first, "/BaseState")) == "/OFF":
                off |= _numbers(_of(settings, "/OCGs")) - _numbers(_of(first, "/ON"))
            self._off = off
        return self._off

    @_guarded
    def resources(self, page: Any) -> Any:
        """Where a page's drawings are looked up."""
        return _of(page, "/Resources")

    @_guarded
    def unit(self, page: Any) -> float:
        """How many 1/72 inch one unit of a page is (UserUnit, ISO 32000-1, table 30)."""
        given = _of(page, "/UserUnit")
        unit = 1.0 if given is None else float(given)
        if not 1e-6 <= unit <= 1e6:
            raise FormatError(f"has pages in units of {unit:.3g}/72 inch, which nobody uses; export it again")
        return unit

    def _unpack(self, stream: Any, body: bytearray) -> None:
        """Add a stream's bytes to a body, as long as there is room for them."""
        packing = _of(stream, "/Filter")
        names = [str(name) for name in packing] if _is(packing, "Array") else [str(packing)] if packing else []
        held = len(body)
        if not names:
            body += memoryview(stream.get_raw_stream_buffer())
        elif names == ["/FlateDecode"] and _of(stream, "/DecodeParms") is None:
            self._inflate(memoryview(stream.get_raw_stream_buffer()), body)
        elif set(names) <= PLAIN:
            body += stream.read_bytes()
        else:
            listed = shown(", ".join(name.lstrip("/") for name in names))
            raise FormatError(f"packs its drawing in a way that is not read ({listed}); save it again elsewhere")
        self._spend(max(len(body) - held, LEAST))

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise FormatError(f"draws more than {MAX_BYTES >> 20} MB, or too many pieces; split the drawing")

    def _inflate(self, packed: memoryview, body: bytearray) -> None:
        unpacker, held = zlib.decompressobj(), len(body)
        try:
            for at in range(0, len(packed), SLICE):
                body += unpacker.decompress(packed[at : at + SLICE])
                if len(body) - held > max(SURE_BYTES, MOST_RATIO * at):
                    raise FormatError(BOMB)
                if len(body) - held > self._left:
                    return
        except zlib.error as why:
            raise FormatError(DAMAGED) from why
        if not unpacker.eof:
            raise FormatError("is cut short: a stream ends too soon; take a whole copy of the file")


@contextmanager
def opened(path: Path) -> Generator[Source, None, None]:
    """A PDF file, open.

    Raises
    ------
    FormatError
        No PDF, damaged, cut short, too large, locked with a password, or pikepdf is not installed.
    """
    try:
        import pikepdf
        from pikepdf import settings
    except ImportError as why:
        raise FormatError("needs pikepdf to be read; install the extra: pip install 'bonemusic[pdf]'") from why
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # it would speak of what we say in our own words
    # for the whole process, as the library has it; it reads PDF for nobody else
    settings.set_qpdf_limits(
        doc_max_warnings=MOST_WARNINGS,
        flate_max_memory=MAX_PART,
        png_max_memory=MAX_PART,
        run_length_max_memory=MAX_PART,
        tiff_max_memory=MAX_PART,
    )
    try:
        size = path.stat().st_size
        pdf = pikepdf.open(path) if size <= MAX_BYTES else None
    except pikepdf.PasswordError as why:
        raise FormatError("is locked with a password; save it without one") from why
    except (pikepdf.PdfError, *UNNAMED) as why:
        raise FormatError(_said(why)) from why
    except OSError as why:
        raise FormatError(f"cannot be read ({why.strerror}); check its name and permissions") from why
    if pdf is None:
        raise FormatError(f"is larger than {MAX_BYTES >> 20} MB; split the drawing")
    with pdf:
        yield Source(pdf)


def _said(why: Exception) -> str:
    """What the library's complaint comes to."""
    if "memory limit" in str(why):
        return BOMB
    return NO_PAGE if "no pages" in str(why) else DAMAGED


def _is(value: Any, kind: str) -> bool:
    import pikepdf

    return isinstance(value, getattr(pikepdf, kind))


def _plain(name: bytes) -> str:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name).decode("utf-8", "replace")


def _numbers(layers: Any) -> set[tuple[int, int]]:
    return {each.objgen for each in layers if _is(each, "Dictionary")} if _is(layers, "Array") else set()


def _of(holder: Any, key: str) -> Any:
    """What a dictionary or stream holds under a name; None where it is neither, or holds nothing there."""
    return holder.get(key) if _is(holder, "Dictionary") or _is(holder, "Stream") else None
