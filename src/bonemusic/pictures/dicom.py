"""The picture of a DICOM file, read by pydicom: `python -m bonemusic.pictures.dicom FILE`, which `xray` starts.

On standard output: one line of JSON, then the grey values, then their tone. What went wrong is said by the name of an
error and by numbers; no text of the file leaves this process.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .tones import Depth, tone_of
from .values import sensible

MOST_PX, MOST_PLAIN_PX = 400_000_000, 600_000_000
"""Of what is compressed, and of what is not: that is looked at where it lies."""
MOST_BYTES = 6_000_000_000
MOST_CPU_S = 50
GREY = ("MONOCHROME1", "MONOCHROME2")
COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_420", "PALETTE COLOR")
SIZES = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")


class Refused(Exception):  # noqa: N818  (it is told, not raised to anybody)
    """Why there is no picture: the name of one of `xray.ERRORS`, and its numbers."""

    def __init__(self, name: str, *numbers: float) -> None:
        super().__init__(name)
        self.name, self.numbers = name, numbers


def picture(path: Path) -> tuple[dict[str, Any], NDArray[Any], NDArray[Any]]:
    """What is to be known of it, its grey values and their tone.

    Raises
    ------
    Refused
    """
    data = _data_set(path)
    try:
        return _picture(data)
    except (Refused, MemoryError):
        raise
    except Exception as why:  # elements are read when they are asked for, and a damaged one raises whatever it does
        raise Refused("lies") from why


def _picture(data: Any) -> tuple[dict[str, Any], NDArray[Any], NDArray[Any]]:
    depth = _refuse(data)
    notes = []
    values, coloured = _decoded(data, depth)
    grey = depth.turned(values) if not coloured else values
    if coloured:
        notes.append("colours")
        tone = np.arange(256, dtype=np.uint8)
    else:
        tone, fine = tone_of(data, depth, grey)
        notes += [] if fine else ["window"]
    dots, fine = _dots_per_m(data)
    notes += [] if fine else ["spacing"]
    if str(data.get("BurnedInAnnotation", "")).strip().upper() == "YES":
        notes.append("burned")
    left = _count(data) + _count(getattr(data, "file_meta", ()))
    rows, columns = grey.shape
    head = {
        "rows": rows, "columns": columns, "kind": grey.dtype.str, "dots_per_m": dots, "notes": notes,
        "left_behind": left,
    }  # fmt: skip
    return head, grey, tone


def _data_set(path: Path) -> Any:
    """The file's elements; the picture's own bytes among them."""
    import pydicom

    try:
        data = pydicom.dcmread(path, force=True)
        if "Rows" not in data and "PixelData" not in data and "PatientID" not in data and len(data) < 4:
            raise Refused("no-dicom")
    except (Refused, MemoryError):
        raise
    except EOFError as why:
        raise Refused("truncated") from why
    except Exception as why:  # pydicom's readers raise whatever a damaged file leads them to
        raise Refused("no-dicom") from why
    return data


def _refuse(data: Any) -> Depth:
    """Check what the file says of its picture before anything is decoded."""
    if "PixelData" not in data:
        floating = "FloatPixelData" in data or "DoubleFloatPixelData" in data
        raise Refused("depth", 32) if floating else Refused("no-pixels")
    rows, columns, samples = _number(data, "Rows"), _number(data, "Columns"), _number(data, "SamplesPerPixel", 1)
    allocated = _number(data, "BitsAllocated")
    stored = _number(data, "BitsStored", allocated)
    frames = _number(data, "NumberOfFrames", 1)
    if frames > 1:
        raise Refused("frames", frames)
    if rows < 1 or columns < 1:
        raise Refused("no-pixels")
    most = MOST_PLAIN_PX if samples == 1 and _plain(data) else MOST_PX
    if rows * columns > most:
        raise Refused("size", columns, rows, most / 1e6)
    if allocated not in (8, 16) or not 1 <= stored <= allocated:
        raise Refused("depth", stored if allocated in (8, 16) else allocated)
    kind = _kind(data)
    if (kind in GREY and samples != 1) or kind not in GREY + COLOUR:
        raise Refused("kind")
    high = _number(data, "HighBit", stored - 1)
    shift = high + 1 - stored
    return Depth(
        stored,
        shift if 0 < shift <= allocated - stored else 0,
        _number(data, "PixelRepresentation", 0) == 1,
        _turned_round(data, kind),
    )


def _plain(data: Any) -> bool:
    """Whether its pixels lie in the file as they are."""
    syntax = getattr(getattr(data, "file_meta", None), "TransferSyntaxUID", None)
    with suppress(ValueError):  # one that is nobody's
        return syntax is not None and not syntax.is_compressed
    return False


def _kind(data: Any) -> str:
    return str(data.get("PhotometricInterpretation", "")).strip().upper()


def _turned_round(data: Any, kind: str) -> bool:
    """Whether small values are bright: MONOCHROME1 (PS3.3 C.7.6.3.1.2), or a slope that falls."""
    return (kind == "MONOCHROME1") != (_real(data, "RescaleSlope", 1.0) < 0)


def _number(data: Any, name: str, otherwise: int = 0) -> int:
    """A whole number; what is none is what it would be if it were not said."""
    try:
        return int(data[name].value) if name in data else otherwise
    except Exception:
        return otherwise


def _real(data: Any, name: str, otherwise: float) -> float:
    try:
        value = float(data[name].value) if name in data else otherwise
    except Exception:
        return otherwise
    return value if np.isfinite(value) else otherwise


def _decoded(data: Any, depth: Depth) -> tuple[NDArray[Any], bool]:
    """Stored values (rows, columns), or the luma of colours in 8 bits, and which of the two."""
    from pydicom.pixels.processing import apply_color_lut

    syntax = getattr(getattr(data, "file_meta", None), "TransferSyntaxUID", None)
    if syntax is None:
        _guess_syntax(data)
    if depth.shift:  # pydicom would cut off what it takes for unused: the upper bits
        data.BitsStored = data.BitsAllocated
    try:
        data.pixel_array_options(view_only=True)
        values = np.asarray(data.pixel_array)
        if _kind(data) == "PALETTE COLOR":
            values = np.asarray(apply_color_lut(values, data))
    except MemoryError:
        raise
    except NotImplementedError as why:
        raise Refused("syntax") from why
    except RuntimeError as why:  # no decoder for it, or it gave up
        raise Refused("syntax" if "missing dependencies" in str(why) else "lies") from why
    except Exception as why:
        raise Refused("lies") from why
    shape = (_number(data, "Rows"), _number(data, "Columns"))
    if values.shape[:2] != shape or values.ndim > 3 or values.dtype.kind not in "iu":
        raise Refused("lies")
    if values.ndim == 2:
        return values, False
    if values.shape[2] not in (3, 4):
        raise Refused("lies")
    most = 255 if values.dtype.itemsize == 1 else max(255, int(values.max(initial=0)))
    luma = sum(np.float32(part * 255 / most) * values[..., n] for n, part in enumerate((0.299, 0.587, 0.114)))
    return np.asarray(np.rint(luma), np.uint8), True


def _guess_syntax(data: Any) -> None:
    """A bare data set does not tell how it is encoded; pydicom has found out by reading it."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    implicit, little = data.original_encoding
    meta = getattr(data, "file_meta", None) or FileMetaDataset()
    meta.TransferSyntaxUID = (
        ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian if little else ExplicitVRBigEndian
    )
    data.file_meta = meta


def _dots_per_m(data: Any) -> tuple[tuple[float, float] | None, bool]:
    """Pixels to the metre, down and across, by the first size that is told (mm; PS3.3 10.7); whether all was fine."""
    fine = True
    for name in SIZES:
        if name not in data:
            continue
        try:
            down, across = (1000 / float(each) for each in data[name].value)
        except Exception:
            fine = fine and not data[name].value
            continue
        if sensible(down, across):
            return (down, across), fine
        fine = False
    return None, fine


def _count(data: Any) -> int:
    """All elements of a data set and of those within it, but for what describes the pixels (group 0028)."""
    count = 0
    with suppress(Exception):
        for element in data:
            count += element.tag.group not in (0x0028, 0x7FE0)
            if element.VR == "SQ":
                count += sum(_count(each) for each in element.value)
    return count


def _limit() -> None:
    """Bound what a hostile file can take of the machine, where the system lets a process do so."""
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds = ((resource.RLIMIT_AS, MOST_BYTES), (resource.RLIMIT_CPU, MOST_CPU_S), (resource.RLIMIT_CORE, 0))
    for what, most in bounds:
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


def main() -> None:
    """Read the file that the command line names."""
    # decoders print what they please: they get no standard output
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit()
    # GDCM brings another zlib that would take the place of this one's functions, were they not called before
    zlib.decompress(zlib.compress(b""))
    warnings.simplefilter("ignore")
    logging.disable()
    try:
        head, *arrays = picture(Path(sys.argv[1]))
    except Refused as why:
        head, arrays = {"error": why.name, "numbers": why.numbers}, []
    except MemoryError:
        head, arrays = {"error": "memory", "numbers": ()}, []
    except ImportError:  # pydicom is there and cannot be loaded
        head, arrays = {"error": "library", "numbers": ()}, []
    out.write(json.dumps(head).encode() + b"\n")
    for array in arrays:
        out.write(np.ascontiguousarray(array).data)
    out.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
