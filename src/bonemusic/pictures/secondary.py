"""A new DICOM file around grey values: Secondary Capture, with what the standard demands and no more."""

from __future__ import annotations

import hashlib
import importlib.util
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
EMPTY = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
    "ReferringPhysicianName", "AccessionNumber", "SeriesNumber", "InstanceNumber", "PatientOrientation",
)  # fmt: skip
"""What must be there and may say nothing (type 2)."""
WRITER = "2.25.238467712054217823514906281137"
"""An implementation's own UID, made of a random number as PS3.5 B.2 allows."""


def write(file: IO[bytes], grey: NDArray[Any], dots_per_m: tuple[float, float] | None) -> None:
    """Write one: SC Image IOD (PS3.3 A.8.1), de-identified as the basic profile of PS3.15 Annex E asks.

    Its UIDs are made of the pixels (2.25 and a hash, PS3.5 B.2), so that the same picture makes the same bytes. What
    must be there but may be empty (type 2: names, dates, IDs) is empty.

    Raises
    ------
    FormatError
        The extra is missing.
    """
    if importlib.util.find_spec("pydicom") is None:
        raise FormatError("DICOM is written by libraries that are not installed; pip install 'bonemusic[xray]'")
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.filewriter import dcmwrite
    from pydicom.uid import UID

    mark = hashlib.sha256(repr((grey.shape, grey.dtype.itemsize, dots_per_m)).encode())
    mark.update(np.ascontiguousarray(grey).data)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(SECONDARY_CAPTURE)
    meta.MediaStorageSOPInstanceUID = _uid(mark.digest(), b"instance")
    meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE_ENDIAN)
    meta.ImplementationClassUID = UID(WRITER)
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID = SECONDARY_CAPTURE
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    data.StudyInstanceUID = _uid(mark.digest(), b"study")
    data.SeriesInstanceUID = _uid(mark.digest(), b"series")
    for empty in EMPTY:
        setattr(data, empty, None)
    data.Modality = "OT"
    data.ConversionType = "WSD"
    data.BurnedInAnnotation = "NO"
    data.PatientIdentityRemoved = "YES"
    data.DeidentificationMethodCodeSequence = [_basic_profile()]
    _add_pixels(data, grey, dots_per_m)
    dcmwrite(file, data, enforce_file_format=True)


def _basic_profile() -> Any:
    """The code of what was done (PS3.16, CID 7050)."""
    from pydicom.dataset import Dataset

    code = Dataset()
    code.CodeValue = "113100"
    code.CodingSchemeDesignator = "DCM"
    code.CodeMeaning = "Basic Application Confidentiality Profile"
    return code


def _add_pixels(data: Any, grey: NDArray[Any], dots_per_m: tuple[float, float] | None) -> None:
    """The picture (PS3.3 C.7.6.3), with its size where that is known (10.7)."""
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.Rows, data.Columns = grey.shape
    data.BitsAllocated = data.BitsStored = 8 * grey.dtype.itemsize
    data.HighBit = data.BitsStored - 1
    data.PixelRepresentation = 0
    if dots_per_m is not None:
        data.PixelSpacing = [f"{1000 / each:.10g}" for each in dots_per_m]
    held = grey.astype(grey.dtype.newbyteorder("<"), copy=False).tobytes()
    data.PixelData = held + b"\0" * (len(held) % 2)
    data["PixelData"].VR = "OB" if grey.dtype == np.uint8 else "OW"


def _uid(mark: bytes, what: bytes) -> Any:
    """A UID of a hash: as a UUID of version 8 that no date, machine or person is in."""
    number = bytearray(hashlib.sha256(mark + what).digest()[:16])
    number[6] = number[6] & 0x0F | 0x80
    number[8] = number[8] & 0x3F | 0x80
    from pydicom.uid import UID

    return UID(f"2.25.{int.from_bytes(number, 'big')}")
