"""Nothing of what a file says in words comes through a cleaning: planted strings are looked for in every byte."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
from tests.pictures import dicoms

from bonemusic.errors import BonemusicError, FormatError
from bonemusic.pictures.read import full, read
from bonemusic.sheets.sheet import of
from bonemusic.workshop.sheet import CleanReport, clean

pytestmark = pytest.mark.filterwarnings("ignore")  # planted words are longer than some elements may be

PLANT = "zwetschge"
GREY = (np.add.outer(np.arange(90) ** 2, np.arange(70) * 37) // 9 % 4096).astype(np.uint16)
EIGHT = (GREY >> 4).astype(np.uint8)
OUT = ("a.png", "a.tif", "a.jpg", "a.dcm")


def planted(n: object) -> str:
    """A word that is in no file by chance, another one each time."""
    return f"{PLANT}{n}"


def png(path: Path) -> Path:
    held = PngImagePlugin.PngInfo()
    held.add_text("Title", planted("text"))
    held.add_text("Comment", planted("ztext"), zip=True)
    held.add_itxt("Author", planted("itext"), "de", "Autor", zip=True)
    held.add_itxt("XML:com.adobe.xmp", f"<x>{planted('xmp')}</x>")
    exif = Image.Exif()
    exif[0x010E] = planted("exif")
    Image.fromarray(GREY).save(path, pnginfo=held, exif=exif, icc_profile=planted("icc").encode(), dpi=(300, 300))
    path.write_bytes(path.read_bytes() + planted("trailing").encode())
    return path


def jpeg(path: Path) -> Path:
    exif = Image.Exif()
    for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298, 0x9C9B):
        exif[tag] = planted(tag) if tag != 0x9C9B else planted(tag).encode("utf-16le")
    exif.get_ifd(0x8769)[0x9286] = planted("user").encode()
    exif.get_ifd(0x8825)[0x001D] = planted("gps")
    held = io.BytesIO()
    Image.fromarray(EIGHT).save(held, "JPEG", exif=exif, icc_profile=planted("icc").encode(), dpi=(300, 300),
                                comment=planted("comment").encode())  # fmt: skip
    whole = held.getvalue()
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x20\x1c\x02\x78\0\x12" + planted("iptc").encode().ljust(26)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x>" + planted("xmp").encode() + b"</x>"
    marked = ((b"\xed", iptc), (b"\xe1", xmp))
    extra = b"".join(b"\xff" + mark + struct.pack(">H", len(held) + 2) + held for mark, held in marked)
    path.write_bytes(whole[:2] + extra + whole[2:] + planted("trailing").encode())
    return path


def tiff(path: Path) -> Path:
    tags = {270: planted("description"), 305: planted("software"), 306: planted("date"), 315: planted("artist"),
            316: planted("host"), 33432: planted("copyright"), 65000: planted("private")}  # fmt: skip
    thumb = Image.fromarray(np.frombuffer(planted("thumbnail").encode() * 4, np.uint8).reshape(4, -1))
    Image.fromarray(GREY).save(path, tiffinfo=tags, dpi=(300, 300), save_all=True, append_images=[thumb])
    return path


def dicom(path: Path, syntax: str = "explicit") -> Path:
    """In every kind of element that holds words, in sequences, private tags, the file's own head, before and after."""
    named = {
        "PatientName": "PN", "PatientID": "LO", "PatientComments": "LT", "InstitutionName": "LO", "StationName": "SH",
        "InstitutionAddress": "ST", "AdditionalPatientHistory": "LT", "TextValue": "UT", "BodyPartExamined": "CS",
        "RetrieveURL": "UR", "LongCodeValue": "UC", "StudyDescription": "LO", "OperatorsName": "PN",
        "DeviceSerialNumber": "LO", "LossyImageCompressionMethod": "CS",
    }  # fmt: skip
    tags: dict[str, Any] = {name: planted(name) for name in named}
    nested = dicoms.Dataset()
    nested.ScheduledProcedureStepDescription = planted("nested")
    tags["RequestAttributesSequence"] = [nested]
    tags |= {"PatientBirthDate": "19380304", "StudyDate": "19571102", "PixelSpacing": [0.2, 0.2], "BitsStored": 12}
    tags |= {"HighBit": 11, "StudyInstanceUID": "2.25.4711081547110815", "BurnedInAnnotation": "YES"}
    data = dicoms.data_set(GREY, **tags)
    data.add_new(0x00091001, "LO", planted("private"))
    data.add_new(0x00090010, "LO", planted("creator"))
    data.add_new(0x00091002, "UN", planted("unknown").encode() + b" ")
    data.add_new(0x60003000, "OW", planted("overlay").encode() + b" ")
    held = dicoms.saved(path, GREY, syntax, **{e.keyword: e.value for e in data if e.keyword and e.tag.group != 0x6000})
    read_back = dicoms.pydicom.dcmread(held)
    for element in data:
        if not element.keyword or element.tag.group == 0x6000:
            read_back.add(element)
    read_back.file_meta.ImplementationVersionName = planted("meta")[:16]
    read_back.file_meta.SourceApplicationEntityTitle = planted("ae")[:16]
    read_back.preamble = planted("preamble").encode().ljust(128)
    read_back.save_as(held, enforce_file_format=True)
    held.write_bytes(held.read_bytes() + b"\xfc\xff\xfc\xff\0\0" + planted("trailing").encode())
    return held


MAKERS = {"a.png": png, "a.jpg": jpeg, "a.tif": tiff, "a.dcm": dicom}


def everything(held: bytes) -> list[bytes]:
    """The bytes, and what is packed within them."""
    found = [held]
    for at in (n for n in range(len(held) - 1) if held[n] == 0x78 and held[n + 1] in (0x01, 0x5E, 0x9C, 0xDA)):
        try:
            found.append(zlib.decompressobj().decompress(held[at:]))
        except zlib.error:
            continue
    if held.startswith(b"\x89PNG"):
        chunks, at = b"", 8
        while at < len(held):
            size = int.from_bytes(held[at : at + 4], "big")
            chunks += held[at + 8 : at + 8 + size] if held[at + 4 : at + 8] == b"IDAT" else b""
            at += 12 + size
        found.append(zlib.decompress(chunks))
    return found


def assert_nobody(held: bytes) -> None:
    for each in everything(held):
        lower = each.lower()
        for word in (PLANT, "zwetsch"):
            for encoding in ("latin-1", "utf-16-le", "utf-16-be", "utf-32-le"):
                assert word.encode(encoding) not in lower
        for other in (b"19380304", b"19571102", b"4711081547110815"):
            assert other not in each


@pytest.mark.parametrize("source", MAKERS)
@pytest.mark.parametrize("out", OUT)
def test_no_planted_word_comes_through(tmp_path: Path, source: str, out: str) -> None:
    (tmp_path / "out").mkdir()
    made = MAKERS[source](tmp_path / source)
    assert PLANT.encode() in made.read_bytes()
    report = clean(made, tmp_path / "out" / out)
    assert_nobody((tmp_path / "out" / out).read_bytes())
    assert_nobody(repr(report).encode())
    assert report.left_behind >= 4
    assert_nobody(repr(of(made).notes).encode())
    assert_nobody(of(made).grey.tobytes())


@pytest.mark.parametrize("source", MAKERS)
def test_no_planted_word_is_in_a_refusal(tmp_path: Path, source: str) -> None:
    whole = MAKERS[source](tmp_path / source).read_bytes()
    for cut in (len(whole) // 5, len(whole) // 3, len(whole) // 2, len(whole) - 1500):
        (tmp_path / source).write_bytes(whole[:cut])
        try:
            clean(tmp_path / source, tmp_path / "out.png")
        except BonemusicError as why:
            held = repr(why), repr(why.__cause__ and str(why))
            assert_nobody(" ".join(held).encode())


@pytest.mark.parametrize("source", ["a.png", "a.tif", "a.dcm"])
@pytest.mark.parametrize("out", OUT)
def test_depth_and_size_stay(tmp_path: Path, source: str, out: str) -> None:
    (tmp_path / "out").mkdir()
    made = MAKERS[source](tmp_path / source)
    before = full(made)
    report = clean(made, tmp_path / "out" / out)
    after = full(tmp_path / "out" / out)
    assert (report.columns, report.rows) == (70, 90)
    assert report.bits == (8 if out == "a.jpg" else 16)
    assert after.grey.shape == before.grey.shape
    assert after.dots_per_m == pytest.approx(before.dots_per_m, rel=2e-3)
    if out != "a.jpg":
        assert np.array_equal(after.grey, before.grey)
        assert (report.width_mm, report.height_mm) == pytest.approx(
            (70e3 / before.dots_per_m[1], 90e3 / before.dots_per_m[0]),
            abs=1e-3,  # type: ignore[index]
        )


@pytest.mark.parametrize("out", OUT)
def test_the_same_picture_makes_the_same_bytes(tmp_path: Path, out: str) -> None:
    made = dicom(tmp_path / "in.dcm")
    (tmp_path / "b").mkdir()
    clean(made, tmp_path / out)
    first = (tmp_path / out).read_bytes()
    # other words around the same picture
    dicoms.saved(tmp_path / "in.dcm", GREY, "deflated", BitsStored=12, HighBit=11, PixelSpacing=[0.2, 0.2])
    clean(tmp_path / "in.dcm", tmp_path / "b" / out)
    if out != "a.jpg":
        assert (tmp_path / "b" / out).read_bytes() == first


def test_a_clean_dicom_is_one_for_others_too(tmp_path: Path) -> None:
    clean(dicom(tmp_path / "in.dcm"), tmp_path / "a.dcm")
    data = dicoms.pydicom.dcmread(tmp_path / "a.dcm")
    assert data.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID
    assert data.SOPClassUID.name == "Secondary Capture Image Storage"
    assert data.SOPInstanceUID.is_valid
    assert len({data.SOPInstanceUID, data.StudyInstanceUID, data.SeriesInstanceUID}) == 3
    assert data.PatientIdentityRemoved == "YES"
    (code,) = data.DeidentificationMethodCodeSequence
    assert (code.CodeValue, code.CodingSchemeDesignator) == ("113100", "DCM")
    assert data.BurnedInAnnotation == "NO"
    assert [float(each) for each in data.PixelSpacing] == [0.2, 0.2]
    assert not str(data.PatientName)
    assert data.pixel_array.shape == GREY.shape
    assert list(data.keys()) == sorted(data.keys())
    assert {e.tag.group for e in data} == {0x0008, 0x0010, 0x0012, 0x0020, 0x0028, 0x7FE0}


def test_writing_is_masked_and_told(tmp_path: Path, shared: Path) -> None:
    report = clean(shared / "data" / "xrays" / "hannover_a38e1877.jpg", tmp_path / "a.png")
    assert report.masked == 1
    assert "writing at the top right" in report.warnings[0]
    assert read(tmp_path / "a.png").grey.shape == (2000, 2000)


@pytest.mark.parametrize("at", ["above", "below"])
def test_writing_beyond_the_window_is_found_where_all_of_the_depth_is_written(tmp_path: Path, at: str) -> None:
    # all white or all black to the eye, and read by whoever turns the window
    film = 1500 + (np.add.outer(np.arange(300), np.arange(400)) * 2).astype(np.uint16)
    ink = Image.new("L", (360, 50))
    ImageDraw.Draw(ink).text((10, 8), "IVANOV PAVEL 1953", fill=255, font=ImageFont.load_default(30))
    behind, letters = (3000, 4000) if at == "above" else (900, 0)
    film[20:70, 20:380] = np.where(np.asarray(ink) > 127, letters, behind)
    how = {"BitsStored": 12, "HighBit": 11, "WindowCenter": 2200, "WindowWidth": 1400}
    source = dicoms.saved(tmp_path / "a.dcm", film, **how)
    for name in ("a.png", "b.tif", "c.dcm"):
        assert clean(source, tmp_path / f"clean-{name}").masked >= 1
    left = full(tmp_path / "clean-a.png").grey[28:62, 30:290].astype(int)
    assert max(np.abs(np.diff(left, axis=axis)).max() for axis in (0, 1)) < 0.02 * 65535
    assert np.abs(np.diff(full(source).grey[28:62, 30:290].astype(int))).max() > 300
    dicoms.saved(tmp_path / "b.dcm", film.clip(1500, 2900), **how)
    assert clean(tmp_path / "b.dcm", tmp_path / "none.png").masked == 0


def test_refusals(tmp_path: Path) -> None:
    made = png(tmp_path / "a.png")
    before = made.read_bytes()
    with pytest.raises(FormatError, match="is written as"):
        clean(made, tmp_path / "a.webp")
    with pytest.raises(BonemusicError, match="would be lost"):
        clean(made, made)
    with pytest.raises(BonemusicError, match="no such file"):
        clean(tmp_path / "none.png", tmp_path / "b.png")
    assert made.read_bytes() == before
    assert not (tmp_path / "b.png").exists()
    long = Image.fromarray(np.zeros((1, 70_000), np.uint8))
    long.save(tmp_path / "long.png")
    with pytest.raises(FormatError, match="at most 65500 pixels each way"):
        clean(tmp_path / "long.png", tmp_path / "long.jpg")
    assert isinstance(clean(tmp_path / "long.png", tmp_path / "long.tif"), CleanReport)
