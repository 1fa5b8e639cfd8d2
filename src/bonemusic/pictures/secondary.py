"""A new DICOM file around grey values: Secondary Capture, with what the standard demands and no more."""

from __future__ import annotations

import hashlib
import struct
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

SECONDARY_CAPTURE = b"1.2.840.10008.5.1.4.1.1.7"
EXPLICIT_LITTLE_ENDIAN = b"1.2.840.10008.1.2.1"
WRITER = b"2.25.238467712054217823514906281137"
"""An implementation's own UID, made of a random number as PS3.5 B.2 allows."""
MOST_BYTES = 2**32 - 2
Element = tuple[int, int, str, bytes]


def write(file: IO[bytes], grey: NDArray[Any], dots_per_m: tuple[float, float] | None) -> None:
    """Write one: SC Image IOD (PS3.3 A.8.1), de-identified as the basic profile of PS3.15 Annex E asks.

    Its UIDs are made of the pixels (2.25 and a hash, PS3.5 B.2), so that the same picture makes the same bytes. What
    must be there but may be empty (type 2: names, dates, IDs) is empty.

    Parameters
    ----------
    file : binary file
    grey : ndarray, uint8 or uint16, (rows, columns)
        At most 65,535 each way.
    dots_per_m : (float, float) or None
        Down and across.

    Raises
    ------
    FormatError
        4 GB or more.
    """
    if grey.nbytes > MOST_BYTES:
        raise FormatError("DICOM holds less than 4 GB; write .png")
    mark = hashlib.sha256(repr((grey.shape, grey.dtype.itemsize, dots_per_m)).encode())
    mark.update(np.ascontiguousarray(grey).data)
    instance = _uid(mark.digest(), b"instance")
    meta = b"".join(map(_spelt, [
        (0x0002, 0x0001, "OB", b"\0\1"),
        (0x0002, 0x0002, "UI", SECONDARY_CAPTURE),
        (0x0002, 0x0003, "UI", instance),
        (0x0002, 0x0010, "UI", EXPLICIT_LITTLE_ENDIAN),
        (0x0002, 0x0012, "UI", WRITER),
    ]))  # fmt: skip
    file.write(bytes(128) + b"DICM" + _spelt((0x0002, 0x0000, "UL", struct.pack("<I", len(meta)))) + meta)
    elements = [*_identity(mark.digest(), instance), *_pixels(grey, dots_per_m)]
    file.write(b"".join(map(_spelt, elements)))
    kind = b"OB" if grey.dtype == np.uint8 else b"OW"
    file.write(struct.pack("<HH2sHI", 0x7FE0, 0x0010, kind, 0, grey.nbytes + grey.nbytes % 2))
    file.write(np.ascontiguousarray(grey, grey.dtype.newbyteorder("<")).data)
    file.write(bytes(grey.nbytes % 2))


def _identity(mark: bytes, instance: bytes) -> list[Element]:
    """Whose picture it is: nobody's. In the order of the tags, as a data set must be."""
    code = b"".join(map(_spelt, [  # PS3.16, CID 7050
        (0x0008, 0x0100, "SH", b"113100"),
        (0x0008, 0x0102, "SH", b"DCM"),
        (0x0008, 0x0104, "LO", b"Basic Application Confidentiality Profile"),
    ]))  # fmt: skip
    return [
        (0x0008, 0x0016, "UI", SECONDARY_CAPTURE),
        (0x0008, 0x0018, "UI", instance),
        (0x0008, 0x0020, "DA", b""),  # study date
        (0x0008, 0x0030, "TM", b""),  # study time
        (0x0008, 0x0050, "SH", b""),  # accession number
        (0x0008, 0x0060, "CS", b"OT"),  # modality: other
        (0x0008, 0x0064, "CS", b"WSD"),  # conversion: workstation
        (0x0008, 0x0090, "PN", b""),  # referring physician
        (0x0010, 0x0010, "PN", b""),  # patient's name
        (0x0010, 0x0020, "LO", b""),  # patient's ID
        (0x0010, 0x0030, "DA", b""),  # birth date
        (0x0010, 0x0040, "CS", b""),  # sex
        (0x0012, 0x0062, "CS", b"YES"),  # identity removed
        (0x0012, 0x0064, "SQ", struct.pack("<HHI", 0xFFFE, 0xE000, len(code)) + code),  # how
        (0x0020, 0x000D, "UI", _uid(mark, b"study")),
        (0x0020, 0x000E, "UI", _uid(mark, b"series")),
        (0x0020, 0x0010, "SH", b""),  # study ID
        (0x0020, 0x0011, "IS", b""),  # series number
        (0x0020, 0x0013, "IS", b""),  # instance number
        (0x0020, 0x0020, "CS", b""),  # patient's orientation
        (0x0020, 0x0060, "CS", b""),  # laterality: which of a pair
    ]


def _pixels(grey: NDArray[Any], dots_per_m: tuple[float, float] | None) -> list[Element]:
    """What the picture is like (PS3.3 C.7.6.3), with its size where that is known (10.7)."""
    bits = 8 * grey.dtype.itemsize
    size: list[Element] = []
    if dots_per_m is not None:
        size = [(0x0028, 0x0030, "DS", "\\".join(f"{1000 / each:.10g}" for each in dots_per_m).encode())]
    return [
        (0x0028, 0x0002, "US", struct.pack("<H", 1)),  # samples per pixel
        (0x0028, 0x0004, "CS", b"MONOCHROME2"),
        (0x0028, 0x0010, "US", struct.pack("<H", grey.shape[0])),
        (0x0028, 0x0011, "US", struct.pack("<H", grey.shape[1])),
        *size,
        (0x0028, 0x0100, "US", struct.pack("<H", bits)),  # bits allocated
        (0x0028, 0x0101, "US", struct.pack("<H", bits)),  # bits stored
        (0x0028, 0x0102, "US", struct.pack("<H", bits - 1)),  # high bit
        (0x0028, 0x0103, "US", struct.pack("<H", 0)),  # not signed
        (0x0028, 0x0301, "CS", b"NO"),  # burned in annotation
    ]


def _spelt(element: Element) -> bytes:
    """An element in explicit VR, little endian (PS3.5 7.1.2), padded to an even length."""
    group, number, kind, value = element
    if len(value) % 2:
        value += b"\0" if kind in ("UI", "OB") else b" "
    head = struct.pack("<HH2s", group, number, kind.encode())
    if kind in ("OB", "OW", "SQ"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def _uid(mark: bytes, what: bytes) -> bytes:
    """A UID of a hash: as a UUID of version 8 that no date, machine or person is in."""
    number = bytearray(hashlib.sha256(mark + what).digest()[:16])
    number[6] = number[6] & 0x0F | 0x80
    number[8] = number[8] & 0x3F | 0x80
    return b"2.25.%d" % int.from_bytes(number, "big")
