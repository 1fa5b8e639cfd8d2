"""DICOM: every way to store grey values, shown as a light box would; what is damaged is refused in one line."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless

from bonemusic.errors import FormatError
from bonemusic.pictures import dicom, xray
from bonemusic.pictures.read import full, read

from .dicoms import SYNTAXES, data_set, saved

TWELVE = (np.add.outer(np.arange(40) ** 2, np.arange(32) * 37) % 4096).astype(np.uint16)
EIGHT = (TWELVE >> 4).astype(np.uint8)
OF_TWELVE: dict[str, Any] = {"BitsStored": 12, "HighBit": 11}
WIDE = np.floor(np.arange(4096) * (65535 / 4095) + 0.5).astype(np.uint16)


def refusal(path: Path) -> str:
    with pytest.raises(FormatError) as why:
        read(path)
    line = str(why.value)
    assert line.startswith(path.name[:20])
    assert "\n" not in line
    assert len(line) < 200
    return line


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_syntax(tmp_path: Path, syntax: str) -> None:
    if syntax == "baseline":
        held = full(saved(tmp_path / "a.dcm", EIGHT, syntax)).grey
        assert np.abs(held.astype(float) - EIGHT).mean() < 8
        return
    # without a suffix it is known by its content
    assert np.array_equal(full(saved(tmp_path / "a", TWELVE, syntax, **OF_TWELVE)).grey, WIDE[TWELVE])


def here(path: Path) -> tuple[dict[str, Any], Any, Any]:
    """Read it in this process: quicker, and without the decoders that may crash."""
    return dicom.picture(path)


def told(refused: dicom.Refused) -> None:
    """Its name and numbers make a line."""
    assert len(xray.ERRORS[refused.name].format(*refused.numbers)) < 150


def toned(path: Path) -> Any:
    _, grey, tone = here(path)
    return tone[grey]


def test_monochrome1_is_turned_so_that_bones_are_bright(tmp_path: Path) -> None:
    _, plain, _ = here(saved(tmp_path / "a", TWELVE, **OF_TWELVE))
    _, grey, _ = here(saved(tmp_path / "b", TWELVE, PhotometricInterpretation="MONOCHROME1", **OF_TWELVE))
    assert np.array_equal(grey, 65535 - plain)
    window = {"WindowCenter": 2048, "WindowWidth": 4096, **OF_TWELVE}
    one = toned(saved(tmp_path / "c", TWELVE, **window)).astype(int)
    other = toned(saved(tmp_path / "d", TWELVE, PhotometricInterpretation="MONOCHROME1", **window)).astype(int)
    assert np.abs(one + other - 255).max() <= 1


def test_signed_shifted_and_with_overlays_in_unused_bits(tmp_path: Path) -> None:
    signed = (TWELVE.astype(np.int16) - 2048) & 0x0FFF
    _, grey, _ = here(saved(tmp_path / "a", signed.astype(np.int16), PixelRepresentation=1, **OF_TWELVE))
    assert np.array_equal(grey, WIDE[TWELVE])
    overlay = TWELVE | np.where(TWELVE % 7 == 0, 0xF000, 0).astype(np.uint16)
    _, grey, _ = here(saved(tmp_path / "b", overlay, **OF_TWELVE))
    assert np.array_equal(grey, WIDE[TWELVE])
    _, grey, _ = here(saved(tmp_path / "c", TWELVE << 4, BitsStored=12, HighBit=15))
    assert np.array_equal(grey, WIDE[TWELVE])


def test_windows(tmp_path: Path) -> None:
    # PS3.3 C.11.2.1.2.1's own example: centre 2048, width 4096, 0 to 255
    ramp = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    seen = toned(saved(tmp_path / "a", ramp, WindowCenter=2048, WindowWidth=4096, **OF_TWELVE)).ravel()
    want = np.clip(((np.arange(4096) - 2047.5) / 4095 + 0.5) * 255, 0, 255)
    assert np.abs(seen - want).max() <= 0.51
    # the first of two; rescaled values
    seen = toned(saved(tmp_path / "b", ramp, WindowCenter=[100, 9], WindowWidth=[201, 9], RescaleSlope=0.5,
                       RescaleIntercept=-500, **OF_TWELVE)).ravel()  # fmt: skip
    want = np.clip((np.arange(4096) * 0.5 - 500 - 99.5) / 200 + 0.5, 0, 1) * 255
    assert np.abs(seen - want).max() <= 0.6
    sigmoid = saved(tmp_path / "c", ramp, WindowCenter=2048, WindowWidth=1000, VOILUTFunction="SIGMOID", **OF_TWELVE)
    want = 255 / (1 + np.exp(-4 * (np.arange(4096) - 2048) / 1000))
    assert np.abs(toned(sigmoid).ravel() - want).max() <= 0.6


def test_a_table_outranks_a_window(tmp_path: Path) -> None:
    table = Dataset()
    table.LUTDescriptor = [256, 0, 16]
    table.LUTData = (np.arange(256) ** 2).astype("<u2").tobytes()
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    path = saved(tmp_path / "a", ramp, VOILUTSequence=[table], WindowCenter=3, WindowWidth=5)
    assert np.abs(toned(path).ravel() - np.arange(256) ** 2 * 255 / 65535).max() <= 0.51


def test_without_a_window_what_is_no_padding_fills_all(tmp_path: Path) -> None:
    held = TWELVE // 8 + 1000
    held[:8] = 4000
    seen = toned(saved(tmp_path / "a", held, PixelPaddingValue=4000, **OF_TWELVE))
    assert not seen[:8].any()
    assert seen[8:].min() == 0
    assert seen[8:].max() == 255
    assert abs(float(seen[8:].mean()) - 127) < 25


def test_colours(tmp_path: Path) -> None:
    colours = np.zeros((6, 4, 3), np.uint8)
    colours[:2, :, 0] = colours[2:4, :, 1] = colours[4:, :, 2] = 255
    film = read(saved(tmp_path / "a.dcm", colours))
    assert film.grey[::2, 0].tolist() == [76, 150, 29]
    assert film.notes == ("it is in colours; they are read as grey",)


@pytest.mark.parametrize(("tags", "want"), [
    ({"PixelSpacing": [0.2, 0.2]}, 5000.0),
    ({"ImagerPixelSpacing": [0.1, 0.1]}, 10_000.0),
    ({"NominalScannedPixelSpacing": [0.1, 0.1], "PixelSpacing": [0.2, 0.2]}, 5000.0),
    ({"PixelSpacing": [0, 0], "ImagerPixelSpacing": [0.1, 0.1]}, 10_000.0),
    ({}, None),
])  # fmt: skip
def test_sizes(tmp_path: Path, tags: dict[str, Any], want: float | None) -> None:
    head, _, _ = here(saved(tmp_path / "a", EIGHT, **tags))
    assert head["dots_per_m"] == (want if want is None else pytest.approx((want, want)))
    assert head["notes"] == (["spacing"] if tags.get("PixelSpacing") == [0, 0] else [])


def test_pixels_longer_than_wide_become_square(tmp_path: Path) -> None:
    film = read(saved(tmp_path / "a.dcm", EIGHT, PixelSpacing=[0.4, 0.2]))
    assert film.grey.shape == (80, 32)
    assert film.dots_per_m == pytest.approx(5000)


@pytest.mark.parametrize("spacing", [[0, 0], [1e-5, 1e-5], [50, 50], [0.1, 9.9], [-1, -1]])
def test_absurd_sizes_are_told(tmp_path: Path, spacing: list[float]) -> None:
    film = read(saved(tmp_path / "a.dcm", EIGHT, PixelSpacing=spacing))
    assert film.dots_per_m is None
    assert film.notes == (xray.NOTES["spacing"],)


def test_what_the_file_tells_of_writing_in_it_is_told(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.dcm", EIGHT, BurnedInAnnotation="YES")).notes == (xray.NOTES["burned"],)


def test_refusals(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    bare = data_set(EIGHT)
    bare.file_meta = Dataset()
    bare.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    bare.save_as(path, enforce_file_format=False, implicit_vr=False, little_endian=True)
    assert "without a picture" in refusal(path)
    assert "a series of 7 pictures" in refusal(saved(path, EIGHT, NumberOfFrames=7))
    assert "40000 × 30000 pixels are too many" in refusal(saved(path, EIGHT, Rows=30_000, Columns=40_000))
    plain = refusal(saved(path, EIGHT, Rows=25_000, Columns=25_000))
    assert "600 million are the most); save it as TIFF or PNG" in plain
    assert "too many" not in refusal(saved(path, EIGHT, Rows=24_000, Columns=24_000))
    assert "has 32 bits" in refusal(saved(path, EIGHT, BitsAllocated=32))
    assert "kind of grey or colour" in refusal(saved(path, EIGHT, PhotometricInterpretation="SECRETNAME"))
    held = saved(path, EIGHT).read_bytes()
    path.write_bytes(held[:-700])
    assert "a.dcm: " in refusal(path)
    path.write_bytes(held[:200])
    assert "a.dcm: " in refusal(path)
    path.write_bytes(b"no DICOM at all, but a letter")
    assert "is no DICOM picture" in refusal(path)


def test_a_lying_syntax_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    held = saved(path, EIGHT, "explicit").read_bytes()
    lie = held.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")
    assert lie != held
    path.write_bytes(lie)
    assert "compressed in another way than the file says" in refusal(path)
    packed = saved(path, EIGHT, "j2k").read_bytes()
    uid = JPEG2000Lossless.encode()
    lie = packed.replace(uid, b"1.2.840.10008.1.2.4.70"[: len(uid)])
    assert lie != packed
    path.write_bytes(lie)
    assert "export it again" in refusal(path)


def test_a_crash_of_the_decoder_or_a_day_of_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.dcm", EIGHT)
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    program.chmod(0o755)
    monkeypatch.setattr(xray.sys, "executable", str(program))
    assert "its picture is damaged" in refusal(path)
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(xray, "LONGEST_S", 0.1)
    assert "longer than a minute" in refusal(path)


@pytest.mark.parametrize("said", [
    b"", b"x", b"{}\n", b"[]\n", b'{"error": "x"}\n', b'{"rows": 9, "columns": 9, "kind": "O"}\n',
    b'{"rows": 9, "columns": 9, "kind": "|u1", "dots_per_m": null, "notes": [], "left_behind": 0}\n' + bytes(90),
])  # fmt: skip
def test_whatever_the_process_says_is_checked(tmp_path: Path, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xray, "_run", lambda _, out, __: out.write(said))
    assert "its picture is damaged" in refusal(saved(tmp_path / "a.dcm", EIGHT))


def test_an_extra_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pydicom.py").write_text("raise ImportError('half an installation')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(FormatError, match=r"not installed; pip install 'bonemusic\[xray\]'"):
        read(saved(tmp_path / "a.dcm", np.zeros((8, 8), np.uint8)))


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.dcm", EIGHT)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "bonemusic[xray]" in refusal(path)


@pytest.mark.parametrize("syntax", ["implicit", "explicit", "big-endian", "deflated", "rle", "baseline"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.filterwarnings("ignore")
def test_fuzz(tmp_path: Path, syntax: str, data: st.DataObject) -> None:
    good = tmp_path / "good"
    if not good.exists():
        saved(good, EIGHT, syntax, PixelSpacing=[0.1, 0.1], WindowCenter=99, WindowWidth=99)
    held = bytearray(good.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(held) - 4))
        if data.draw(st.booleans()):
            held[at] = data.draw(st.integers(0, 255))
        elif data.draw(st.booleans()):
            held[at : at + 4] = struct.pack("<I", data.draw(st.sampled_from([0, 1, 60_000, 0x7FFFFFFF, 0xFFFFFFFF])))
        else:
            del held[at : at + data.draw(st.integers(1, 300))]
    path = tmp_path / "fuzz"
    path.write_bytes(held)
    try:
        head, grey, tone = here(path)
        assert grey.shape == (head["rows"], head["columns"])
        assert tone.shape == (256 if grey.dtype == np.uint8 else 65536,)
    except dicom.Refused as why:
        told(why)


@settings(max_examples=60)
@given(held=st.binary(max_size=400))
@pytest.mark.filterwarnings("ignore")
def test_random_bytes(tmp_path_factory: pytest.TempPathFactory, held: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "random"
    path.write_bytes(bytes(128) + b"DICM" + held)
    try:
        here(path)
    except dicom.Refused as why:
        told(why)


def test_the_shared_films(shared: Path) -> None:
    film = read(shared / "data" / "xrays" / "pydicom_RG3_J2KR.dcm")
    assert film.grey.shape == (1760, 1760)
    # the leg's bone is brighter than the air beside it
    assert film.grey[300, 700] > film.grey[700, 880] + 60 or film.grey[:, 600:900].max() > 200
