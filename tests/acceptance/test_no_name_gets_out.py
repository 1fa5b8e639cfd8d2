"""Nothing that an X-ray's file says of its patient is in any byte of what any command writes or prints."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image, PngImagePlugin

from .outsider import COMMAND

sys.modules.setdefault("gdcm", None)  # type: ignore[arg-type]  # pydicom would load it, and its zlib replaces Python's
pydicom = pytest.importorskip("pydicom", reason="the extra xray is not installed")

RATE = 16_000
SECRETS = (
    "Zhivago", "Yurievich", "PLNTD-4711", "19531117", "1953-11-17", "Kholodnaya", "Sklifosovsky", "ACC99881", "Lumumba",
    "17.11.1953", "1.2.826.0.1.3680043.8.498.77", "Privatnost", "QRSTUDY", "Preamble Pavel", "Trailing Tanya",
    "Vasilievna", "GPSUKRAINE", "Xmp Xenia", "Icc Igor", "Comment Katya", "Iptc Ilya", "Thumb Toma",
)  # fmt: skip
"""No two of them, and nothing of ours, are alike."""
SMALL = ("--disc", "card-5in-78", "--level", "-6dB")


def film() -> np.ndarray:
    """A smooth picture with a little of everything in it, 12 bits."""
    y, x = np.mgrid[0:700, 0:640]
    ribs = 1200 * np.exp(-(((x - 320) / 180) ** 2)) * (1 + 0.4 * np.cos(y / 18)) + 600
    return np.asarray(ribs + np.random.default_rng(3).normal(0, 12, ribs.shape)).clip(0, 4095).astype(np.uint16)


def dicom(path: Path) -> Path:
    """A DICOM that says all that one can say, in public, private and nested elements, and outside of them."""
    ds = pydicom.Dataset()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.8.498.77.1"
    ds.file_meta.SourceApplicationEntityTitle = "Sklifosovsky"
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", "1.2.826.0.1.3680043.8.498.77.1"
    ds.StudyInstanceUID = ds.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.77.2"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Zhivago^Yurievich", "PLNTD-4711", "19531117"
    ds.StudyDate = ds.ContentDate = "19531117"
    ds.InstitutionName, ds.AccessionNumber, ds.ReferringPhysicianName = "Sklifosovsky", "ACC99881", "Lumumba"
    ds.StudyDescription, ds.ImageComments, ds.StudyID = "Kholodnaya", "1953-11-17 Vasilievna", "QRSTUDY"
    ds.Modality, ds.SeriesDescription = "CR", "17.11.1953"
    block = ds.private_block(0x0099, "Privatnost", create=True)
    block.add_new(0x01, "LO", "Privatnost")
    nested = pydicom.Dataset()
    nested.PatientName = "Zhivago^Yurievich"
    ds.RequestAttributesSequence = [nested]
    pixels = film()
    ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME1", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.PixelSpacing = [0.3, 0.3]
    ds.PixelData = (4095 - pixels).astype("<u2").tobytes()
    held = io.BytesIO()
    ds.save_as(held, enforce_file_format=True)
    said = b"Preamble Pavel".ljust(128, b"\0")
    path.write_bytes(said + held.getvalue()[128:] + b"\xfc\xff\xfc\xffOB\0\0\x0e\0\0\0Trailing Tanya")
    return path


def jpeg(path: Path) -> Path:
    """A JPEG with EXIF, GPS, XMP, an ICC profile, a comment, IPTC and a thumbnail's worth of words."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x9003], exif[0x8298] = "Zhivago", "Yurievich", "1953-11-17", "Sklifosovsky"
    exif.get_ifd(0x8825)[29] = "GPSUKRAINE"
    icc = b"\0\0\0\x80Icc Igor".ljust(132, b"\0")
    grey = Image.fromarray((film() >> 4).astype(np.uint8))
    grey.save(path, "JPEG", quality=92, exif=exif, icc_profile=icc, comment=b"Comment Katya", dpi=(90, 90))
    held = path.read_bytes()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Xmp Xenia</x:xmpmeta>"
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0eIptc Ilya Thumb Toma"
    extra = b"".join(
        marker + (len(body) + 2).to_bytes(2, "big") + body for marker, body in ((b"\xff\xe1", xmp), (b"\xff\xed", iptc))
    )
    path.write_bytes(held[:2] + extra + held[2:] + b"Trailing Tanya")
    return path


def png(path: Path) -> Path:
    """A PNG with text chunks of each kind."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Zhivago")
    info.add_text("Comment", "Comment Katya", zip=True)
    info.add_itxt("XML:com.adobe.xmp", "Xmp Xenia")
    exif = Image.Exif()
    exif[0x010E] = "PLNTD-4711"
    Image.fromarray((film() >> 4).astype(np.uint8)).save(path, "PNG", pnginfo=info, exif=exif, dpi=(90, 90))
    return path


def tiff(path: Path) -> Path:
    """A TIFF with its tags filled, 16 bits deep."""
    said = {270: "Zhivago", 315: "Yurievich", 33432: "Sklifosovsky", 306: "1953-11-17", 700: b"Xmp Xenia"}
    Image.fromarray(film()).save(path, "TIFF", tiffinfo=said, dpi=(90, 90))
    return path


FILES = {"dcm": dicom, "jpg": jpeg, "png": png, "tif": tiff}


def unpacked(held: bytes) -> Iterator[bytes]:
    """The bytes themselves, and whatever in them is deflated."""
    yield held
    if held.startswith(b"\x89PNG"):
        chunks = re.finditer(rb"(?s)(....)IDAT", held)
        body = b"".join(held[m.end() : m.end() + int.from_bytes(m[1], "big")] for m in chunks)
        yield zlib.decompressobj().decompress(body)
    for found in re.finditer(rb"stream\r?\n", held):
        try:
            yield zlib.decompressobj().decompress(held[found.end() :])
        except zlib.error:
            continue


def spelt(secret: str) -> set[bytes]:
    return {secret.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")} | {secret.upper().encode()}


def told(folder: Path, said: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Which secrets are in any file of the folder, or in what was said, and where."""
    held = {"stdout": said.stdout, "stderr": said.stderr}
    held |= {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [
        f"{secret} in {name}"
        for name, body in held.items()
        for part in unpacked(body)
        for secret in SECRETS
        if any(word in part for word in spelt(secret))
    ]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    made = {kind: make(folder / f"film.{kind}") for kind, make in FILES.items()}
    for kind, path in made.items():  # each of them really holds what must not get out
        assert sum(any(w in path.read_bytes() for w in spelt(s)) for s in SECRETS) >= (2 if kind == "png" else 4)
    return made


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("song") / "song.wav"
    t = np.arange(2 * RATE) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * 440 * t), RATE)
    return path


WAYS = {
    "svg": ("disc.svg",),
    "dxf": ("disc.dxf", "--machine", "laser-1200"),
    "gcode": ("disc.gcode", "--machine", "cnc"),
    "hpgl": ("disc.plt", "--machine", "plotter"),
    "pdf": ("disc.pdf",),
    "print": ("disc.pdf", "--view", "plain", "--dpi", "150"),
    "light-box-print": ("disc.pdf", "--view", "light-box", "--dpi", "150"),
    "picture": ("disc.png", "--dpi", "150"),
    "plain": ("disc.png", "--dpi", "150", "--view", "plain"),
    "machine": ("disc.png", "--dpi", "150", "--view", "machine"),
    "contact": ("disc.png", "--dpi", "150", "--place", "contact"),
}
WAYS_OF_ALL = [("dcm", way) for way in WAYS] + [
    (kind, way) for kind in ("jpg", "png", "tif") for way in ("svg", "picture")
]


@pytest.mark.parametrize(("kind", "way"), WAYS_OF_ALL)
def test_figure_no_planted_string_is_in_any_byte_of_a_cut(
    films: dict[str, Path], song: Path, tmp_path: Path, kind: str, way: str
) -> None:
    out, *words = WAYS[way]
    command = [COMMAND, "cut", song, "-o", tmp_path / out, "--sheet", films[kind], *SMALL, *words, "--json"]
    said = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    assert said.returncode == 0, said.stderr.decode()
    assert list(tmp_path.iterdir())
    assert told(tmp_path, said) == []


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".dcm"])
def test_figure_no_planted_string_is_in_any_byte_of_a_clean_sheet(
    films: dict[str, Path], tmp_path: Path, kind: str, suffix: str
) -> None:
    command = [str(COMMAND), "sheet", "clean", str(films[kind]), "-o", str(tmp_path / f"clean{suffix}")]
    said = subprocess.run(command, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr.decode()
    assert told(tmp_path, said) == []


@pytest.mark.parametrize("kind", FILES)
def test_figure_no_planted_string_is_in_what_other_commands_say(
    films: dict[str, Path], song: Path, tmp_path: Path, kind: str
) -> None:
    cut_short = tmp_path.parent / f"short.{kind}"
    cut_short.write_bytes(films[kind].read_bytes()[:2000])
    for words in (
        ("check", song, "--sheet", films[kind], *SMALL, "-o", tmp_path / "check.html"),
        ("play", films[kind], "-o", tmp_path / "heard.wav"),
        ("cut", song, "-o", tmp_path / "short.png", "--sheet", cut_short),
        ("cut", films[kind], "-o", tmp_path / "wrong.svg"),
        ("sheet", "clean", cut_short, "-o", tmp_path / "short.png"),
    ):
        said = subprocess.run([str(COMMAND), *(str(word) for word in words)], capture_output=True, check=False)
        assert said.returncode in (0, 1), said.stderr.decode()
        assert told(tmp_path, said) == []
