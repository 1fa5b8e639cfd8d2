"""DICOM, read in a process of its own: its decoders are old C code, and files of unknown origin may crash them."""

from __future__ import annotations

import importlib.util
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..errors import FormatError
from ..progress import Progress, silent
from .values import BURNED, Values

LONGEST_S = 60.0
LIBRARY = "is read by libraries that are not installed; pip install 'bonemusic[xray]'"
NOTES = {
    "burned": BURNED,
    "spacing": "the size of a pixel that its file tells makes no sense and is not used",
    "window": "its window (which grey is black and which is white) makes no sense; the common values are shown",
    "colours": "it is in colours; they are read as grey",
}
"""What the process may say, by name: no word of the file comes through."""
ERRORS = {
    "library": LIBRARY,
    "no-dicom": "is no DICOM picture, or a damaged one; export it again",
    "no-pixels": "is a DICOM file without a picture (a report, a list or a structured note); export the picture itself",
    "truncated": "ends before its picture does; take a whole copy of the file",
    "frames": "holds a series of {0:.0f} pictures; export one of them",
    "size": "{0:.0f} × {1:.0f} pixels are too many ({2:.0f} million are the most); save it as TIFF or PNG, or smaller",
    "depth": "has {0:.0f} bits to a pixel; 8 to 16 can be read, export it again",
    "kind": "holds a kind of grey or colour that is not known; export it as MONOCHROME2",
    "syntax": "is compressed in a way that cannot be read; export it uncompressed",
    "lies": "its picture is damaged, or compressed in another way than the file says; export it again",
    "memory": "takes more memory than a picture may; export it again, smaller or uncompressed",
}


def load(path: Path, most_px: int, progress: Progress = silent) -> Values:
    """Read a DICOM file's picture.

    Parameters
    ----------
    path : Path
    most_px : int
        Larger pictures are averaged over squares of whole pixels.
    progress : Progress

    Raises
    ------
    FormatError
        One of `ERRORS`; the extra is missing; or the decoder crashed or took longer than a minute.
    """
    if importlib.util.find_spec("pydicom") is None:
        raise FormatError(LIBRARY)
    progress("reading the X-ray", 0.0)
    with tempfile.TemporaryFile() as said:
        _run(path, said, progress)
        said.seek(0)
        try:
            values = _values(said)
        except FormatError:
            raise
        except (ValueError, KeyError, TypeError, IndexError) as why:
            # it crashed, or a file's code is running there and says what it likes
            raise FormatError(ERRORS["lies"]) from why
    return _averaged(values, most_px)


def _values(said: IO[bytes]) -> Values:
    """What the process said: a line, then as many values as that tells.

    Raises
    ------
    FormatError
        It said why there are none.
    ValueError, KeyError, TypeError, IndexError
        It said nothing, or nonsense.
    """
    head: dict[str, Any] = json.loads(said.readline(10_000))
    if "error" in head:
        raise FormatError(ERRORS[head["error"]].format(*map(float, head["numbers"])))
    kind: Any = {"|u1": np.uint8, "<u2": np.dtype("<u2")}[head["kind"]]
    rows, columns = int(head["rows"]), int(head["columns"])
    grey = np.fromfile(said, kind, rows * columns).reshape(rows, columns)
    tone = np.fromfile(said, np.uint8, 256 if grey.dtype == np.uint8 else 65536)
    if len(tone) < 256 or not grey.size > 0:
        raise ValueError(len(tone))
    dots = None if head["dots_per_m"] is None else (float(head["dots_per_m"][0]), float(head["dots_per_m"][1]))
    return Values(grey, tone, dots, int(head["left_behind"]), tuple(NOTES[each] for each in head["notes"]))


def _averaged(values: Values, most_px: int) -> Values:
    """With at most so many pixels."""
    grey, dots = values.grey, values.dots_per_m
    factor = math.ceil(math.sqrt(grey.size / most_px))
    if factor <= 1:
        return values
    rows, columns = len(grey) // factor, grey.shape[1] // factor
    squares = grey[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    grey = np.rint(squares.mean(axis=(1, 3), dtype=np.float32)).astype(grey.dtype)
    dots = None if dots is None else (dots[0] / factor, dots[1] / factor)
    note = f"it is larger than needed; {factor} × {factor} pixels are averaged to one"
    return Values(grey, values.tone, dots, values.left_behind, (*values.notes, note))


def _run(path: Path, said: IO[bytes], progress: Progress) -> None:
    """Let the process read the file and wait for it; whoever cancels meanwhile ends it."""
    command = [sys.executable, "-P", "-m", "bonemusic.pictures.dicom", str(path.absolute())]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.DEVNULL) as child:
        try:
            until = time.monotonic() + LONGEST_S
            while True:
                try:
                    child.wait(0.2)
                    break
                except subprocess.TimeoutExpired:
                    progress("reading the X-ray", 0.5)
                if time.monotonic() > until:
                    raise FormatError("takes longer than a minute to be decoded; export it again, uncompressed")
        finally:
            child.kill()
