"""DICOM files made for the tests, plain and compressed."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

PLAIN = {
    "implicit": ImplicitVRLittleEndian,
    "explicit": ExplicitVRLittleEndian,
    "big-endian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
}
BY_GDCM = {
    "lossless": (JPEGLosslessSV1, "JPEGLosslessProcess14_1"),
    "jpeg-ls": (JPEGLSLossless, "JPEGLSLossless"),
    "j2k": (JPEG2000Lossless, "JPEG2000Lossless"),
}
SYNTAXES = (*PLAIN, "rle", "baseline", *BY_GDCM)


def data_set(values: NDArray[Any], **tags: Any) -> Dataset:
    """A radiograph with these stored values; tags given by keyword are laid over its own, None takes one out."""
    data = Dataset()
    data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    data.SOPInstanceUID = "2.25.1"
    data.PatientID = "1"
    data.Rows, data.Columns = values.shape[:2]
    data.SamplesPerPixel = 1 if values.ndim == 2 else values.shape[2]
    data.PhotometricInterpretation = "MONOCHROME2" if values.ndim == 2 else "RGB"
    if values.ndim == 3:
        data.PlanarConfiguration = 0
    data.BitsAllocated = data.BitsStored = 8 * values.dtype.itemsize
    data.HighBit = data.BitsStored - 1
    data.PixelRepresentation = int(values.dtype.kind == "i")
    for name, value in tags.items():
        if value is not None:
            setattr(data, name, value)
        elif name in data:
            delattr(data, name)
    return data


def saved(path: Path, values: NDArray[Any], syntax: str = "explicit", **tags: Any) -> Path:
    """Write one; compressed kinds take 8 or 16 bits as they can."""
    if syntax in BY_GDCM:
        return _by_gdcm(path, values, syntax, tags)
    data = data_set(values, **tags)
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID, data.file_meta.MediaStorageSOPInstanceUID = "1.2", "2.25.1"
    if syntax == "baseline":
        held = io.BytesIO()
        Image.fromarray(values).save(held, "JPEG", quality=95)
        data.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        data.PixelData = encapsulate([held.getvalue()])
        data["PixelData"].is_undefined_length = True
    else:
        plain = PLAIN.get(syntax, ExplicitVRLittleEndian)
        data.file_meta.TransferSyntaxUID = plain
        data.PixelData = values.astype(values.dtype.newbyteorder(">" if syntax == "big-endian" else "<")).tobytes()
        data["PixelData"].VR = "OW" if values.itemsize > 1 else "OB"
    if values.nbytes % 2 and syntax in PLAIN:
        data.PixelData += b"\0"
    if syntax == "rle":
        data.compress(RLELossless, generate_instance_uid=False)
    data.save_as(path, enforce_file_format=True)
    return path


ENCODE = """
import gdcm, sys
plain, out, syntax = sys.argv[1:]
reader = gdcm.ImageReader()
reader.SetFileName(plain)
assert reader.Read()
change = gdcm.ImageChangeTransferSyntax()
change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
change.SetInput(reader.GetImage())
assert change.Change()
writer = gdcm.ImageWriter()
writer.SetFileName(out)
writer.SetFile(reader.GetFile())
writer.SetImage(change.GetOutput())
assert writer.Write()
"""


def _by_gdcm(path: Path, values: NDArray[Any], syntax: str, tags: dict[str, Any]) -> Path:
    """By GDCM's encoders, in a process of their own."""
    plain = saved(path.with_suffix(".plain"), values, "explicit", **tags)
    uid, name = BY_GDCM[syntax]
    subprocess.run([sys.executable, "-P", "-c", ENCODE, plain, path, name], check=True)
    plain.unlink()
    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID == uid
    return path
