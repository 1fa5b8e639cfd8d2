"""Finding a disc: where it is to the micrometre, what its groove looks like, and what is no disc."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from bonemusic.errors import FormatError
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.pictures.values import Values
from bonemusic.scanning import find, lines, perspective, reader
from bonemusic.scanning.track import Geometry

from . import maker

RATE_HZ, RPM = 16_000, 300
DPI = 1200
DOTS = DPI / 0.0254


def _groove(
    pitch_m: float = 135e-6, swing_m: float = 20e-6, width_m: float = 56e-6, outer_m: float = 20e-3,
    inner_m: float = 11e-3, vary: float = 0.0, leads: bool = True,
) -> Groove:  # fmt: skip
    """Noise of 40 to 3000 Hz on a spiral, whose pitch varies at random, with two turns of lead-in and of lead-out."""
    rng = np.random.default_rng(1)
    steps = pitch_m * (1 + vary * rng.random(int((outer_m - inner_m) / pitch_m)))
    radius = outer_m - np.cumsum(steps)
    radius = radius[radius > inner_m]
    if leads:
        radius = np.concatenate([outer_m + np.array([2.0e-3, 0.8e-3]), radius, radius[-1] - np.array([1.5e-3, 3e-3])])
    turns = np.arange(len(radius), dtype=float)
    n = int(turns[-1] * 60 / RPM * RATE_HZ)
    f = np.fft.rfftfreq(n, 1 / RATE_HZ)
    song = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * ((f > 40) & (f < 3000)) / np.maximum(f, 150), n)
    song *= swing_m / np.percentile(np.abs(song), 99.9)
    if leads:
        song[: 2 * RATE_HZ * 60 // RPM] = song[-2 * RATE_HZ * 60 // RPM :] = 0
    spiral = Knots(turns, radius, np.gradient(radius))
    return Groove(
        spiral, constant(width_m / 2), Fraction(RPM), RATE_HZ, song.astype(np.float32),
        Profile(width_m, 6e-6, math.pi / 2),
    )  # fmt: skip


def _values(grey: NDArray[Any]) -> Values:
    return Values(grey, np.arange(256 if grey.dtype == np.uint8 else 65536, dtype=np.uint8))


def _found(groove: Groove, dpi: float = DPI, told: bool = True, **wish: Any) -> tuple[find.Found, maker.Scan]:
    made = maker.scan(groove, dpi=dpi, **wish)
    return find.find(_values(made.grey), (dpi / 0.0254,) * 2 if told else None), made


def _off_um(found: find.Found, made: maker.Scan) -> float:
    """How far the centre is off."""
    at, true = found.geometry, made.geometry
    x, y = (at.x_px - true.x_px) / true.across_per_m, (at.y_px - true.y_px) / true.down_per_m
    return 1e6 * math.hypot(x, y)


def _seed_off_um(found: find.Found, made: maker.Scan, groove: Groove) -> float:
    """How far the seed is from the middle of the nearest groove."""
    true, at = made.geometry, found.geometry
    radius, angle = true.polar(*at.pixels(np.array(found.seed_m), np.array(found.seed_rad)))
    first = (angle - made.start_rad) / (2 * np.pi) % 1
    turns = np.arange(first, (len(groove) - 1) * groove.turns_per_sample, 1.0)
    there = groove.spiral.at(turns) + np.interp(
        turns / groove.turns_per_sample, np.arange(len(groove)), groove.lateral_m
    )
    return float(1e6 * np.abs(there - radius).min())


@pytest.fixture(scope="module")
def groove() -> Groove:
    return _groove()


@pytest.fixture(scope="module")
def made(groove: Groove) -> maker.Scan:
    return maker.scan(groove, dpi=DPI, hole_m=3.62e-3, hole_off_m=(0.6e-3, 0.0))


@pytest.fixture(scope="module")
def plain(made: maker.Scan) -> NDArray[Any]:
    return made.grey


BONES = 60 + 60 * np.sin(np.hypot(*np.mgrid[0:400, 0:400]) / 25) ** 2


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("16 bits, turned, stretched", {"turned_rad": 1.0, "stretch": 0.015, "bits": 16}),
        ("bones behind a dark groove", {"background": BONES + 100, "ink": 20}),
        ("dust and scratches", {"dust": 100, "scratches": 4}),
        ("600 dpi", {"dpi": 600}),
        pytest.param("as it is", {}, marks=pytest.mark.slow),
        pytest.param("stretched the other way", {"turned_rad": 4.0, "stretch": -0.015}, marks=pytest.mark.slow),
        pytest.param("bones behind", {"background": BONES, "ink": 230}, marks=pytest.mark.slow),
        pytest.param("grain", {"noise": 20, "film": 60, "ink": 200}, marks=pytest.mark.slow),
        pytest.param("2400 dpi", {"dpi": 2400}, marks=pytest.mark.slow),
    ],
)
def test_finds_the_centre_to_a_few_micrometres_and_the_axes_to_a_hundred_thousandth(
    groove: Groove, name: str, wish: dict[str, Any]
) -> None:
    found, made = _found(groove, **wish)
    assert _off_um(found, made) < 3
    assert found.geometry.stretch == pytest.approx(made.geometry.stretch, abs=3e-5)
    assert found.winding == 1
    assert found.bright == (wish.get("ink", 230) > 100)
    assert found.pitch_m == pytest.approx(135e-6, rel=0.04)
    assert found.outer_m == pytest.approx(22e-3, abs=0.7e-3)
    assert found.inner_m == pytest.approx(8e-3, abs=1.0e-3)
    assert found.lit.mean() > 0.97
    assert found.notes == ()
    if wish.get("dpi", DPI) > 600:
        assert found.width_m == pytest.approx(56e-6, abs=8e-6)
    assert _seed_off_um(found, made, groove) < 6


@pytest.mark.parametrize("dpi", [600])
@pytest.mark.parametrize(
    "how",
    [
        {"pitch_m": 340e-6, "swing_m": 70e-6, "width_m": 150e-6},
        {"pitch_m": 190e-6, "swing_m": 6e-6, "width_m": 150e-6, "vary": 0.4},
        {"pitch_m": 240e-6, "swing_m": 60e-6, "vary": 0.6},
    ],
    ids=["coarse", "coarse with narrow land", "loud"],
)
def test_coarse_grooves_and_loud_ones(dpi: int, how: dict[str, float]) -> None:
    cut = _groove(**how)  # type: ignore[arg-type]
    found, made = _found(cut, dpi)
    assert _off_um(found, made) < 10
    assert found.geometry.stretch == pytest.approx(0, abs=1e-4)
    assert found.bright
    assert found.winding == 1
    radius = cut.spiral.value[2:-2]
    assert found.pitch_m == pytest.approx(float(radius[0] - radius[-1]) / (len(radius) - 1), rel=0.08)


def test_turns_80_um_apart_need_1200_dpi() -> None:
    cut = _groove(pitch_m=80e-6, swing_m=2e-6)
    found, made = _found(cut)
    assert _off_um(found, made) < 3
    assert found.bright
    assert found.pitch_m == pytest.approx(80e-6, rel=0.02)
    with pytest.raises(FormatError, match=r"too few dots: .* scan it at 1800 dpi"):
        _found(cut, 600)


def _read_off_um(cut: Groove, made: maker.Scan, dpi: float) -> NDArray[Any]:
    """How far from the true groove each place that is sure lies, as it was read; (n,)."""
    track = reader.read(dataclasses.replace(_values(made.grey), dots_per_m=(dpi / 0.0254,) * 2), Fraction(RPM)).track
    k = np.flatnonzero(track.confidence > 0.5)[::7]
    angle = track.start_rad + 2 * np.pi * k / track.steps_per_turn
    radius, angle = made.geometry.polar(*track.geometry.pixels(track.radius_m[k], angle))
    turns = (angle - made.start_rad)[:, None] / (2 * np.pi) % 1 + np.arange(cut.spiral.turns[-1])
    samples = turns / cut.turns_per_sample
    there = cut.spiral.at(turns) + np.interp(samples, np.arange(len(cut)), cut.lateral_m)
    return np.asarray(1e6 * np.abs(there - radius[:, None]).min(axis=1))


@pytest.mark.parametrize(
    ("width_m", "wish"),
    [(60e-6, {}), (40e-6, {"ink": 30, "film": 230, "noise": 10}), (90e-6, {"noise": 2})],
    ids=["60 um", "40 um dark", "90 um"],
)
def test_turns_five_dots_apart_are_followed(width_m: float, wish: dict[str, Any]) -> None:
    cut = _groove(pitch_m=200e-6, swing_m=0.2 * (200e-6 - width_m), width_m=width_m, inner_m=14e-3, leads=False)
    off = _read_off_um(cut, maker.scan(cut, dpi=600, **wish), 600)
    assert np.median(off) < (4 if wish.get("noise") == 10 else 2)
    assert np.percentile(off, 98) < 20


def test_nearer_turns_are_found_but_not_followed(groove: Groove) -> None:
    grey = maker.scan(groove, dpi=600).grey
    values = dataclasses.replace(_values(grey), dots_per_m=(600 / 0.0254,) * 2)
    with pytest.raises(FormatError, match=r"turns lie 3\.2 px apart; scan it at 1200 dpi or more"):
        reader.read(values, Fraction(RPM))


@pytest.mark.parametrize("apart", [6.4, 8.0, 12.0, 30.0])
@pytest.mark.parametrize("width", [1.2, 2.0, 3.2])
def test_widths_before_the_blur(width: float, apart: float) -> None:
    x = np.arange(-apart / 2, apart / 2, 0.01)
    fine = np.tile((np.abs(x) < width / 2).astype(float), 9)
    light = gaussian_filter(fine, math.sqrt(0.8**2 + 1 / 12 + 1 / 6) * 100, mode="wrap")[4 * len(x) : 5 * len(x)]
    seen = float((light > (light.max() + light.min()) / 2).sum()) * 0.01
    assert seen > width + 0.05 or width > 3
    assert lines.sharpened(seen, apart) == pytest.approx(width, abs=0.16)


def test_widths_of_lines_as_near_as_the_blur_are_not_told() -> None:
    assert lines.sharpened(1.75, 3.5) == lines.sharpened(1.80, 3.5) < 1.2
    assert lines.sharpened(0.7, 3.0) == 0.7  # nothing is made narrower than a dot


def test_a_mirrored_scan_is_told(plain: NDArray[Any]) -> None:
    found = find.find(_values(np.ascontiguousarray(plain[:, ::-1])), (DOTS, DOTS))
    assert found.winding == -1
    assert "--mirror" in found.notes[0]


def test_what_is_unlit_is_told(groove: Groove) -> None:
    found, made = _found(groove, unlit_rad=(1.0, 3.1))
    assert _off_um(found, made) < 10
    assert not found.lit[round(1.4 / (2 * math.pi) * 72) : round(2.7 / (2 * math.pi) * 72)].any()
    assert found.lit[40:70].all()
    assert "unlit" in found.notes[0]


@pytest.mark.parametrize(("left", "within_um"), [(0.5, 15), (0.25, 5)])
def test_discs_that_the_edge_cuts_off(made: maker.Scan, left: float, within_um: float) -> None:
    cut = int(left * made.grey.shape[1])
    found = find.find(_values(made.grey[:, cut:]), (DOTS, DOTS))
    moved = Geometry(found.geometry.x_px + cut, found.geometry.y_px, 1.0, 1.0)
    off = math.hypot(moved.x_px - made.geometry.x_px, moved.y_px - made.geometry.y_px) / DOTS
    assert off < within_um * 1e-6
    assert "cuts the disc off" in found.notes[0]


def test_a_quarter_is_too_little(plain: NDArray[Any]) -> None:
    with pytest.raises(FormatError, match="too little of the groove is seen"):
        find.find(_values(plain[: len(plain) // 2, len(plain) // 2 :]), (DOTS, DOTS))


def test_hole_and_rim(groove: Groove) -> None:
    found, made = _found(groove, hole_m=3.62e-3, hole_off_m=(0.6e-3, 0.0), rim_m=24e-3)
    assert found.hole is not None
    x, y, radius = found.hole
    assert radius == pytest.approx(3.62e-3, abs=50e-6)
    assert x - made.geometry.x_px == pytest.approx(0.6e-3 * DOTS, abs=2)
    assert y == pytest.approx(made.geometry.y_px, abs=2)
    assert found.rim_m == pytest.approx(24e-3, abs=50e-6)


@pytest.mark.parametrize("dpi", [600, pytest.param(1600, marks=pytest.mark.slow)])
def test_the_hole_tells_the_scale_where_the_file_does_not(groove: Groove, dpi: int) -> None:
    found, made = _found(groove, dpi, told=False, hole_m=3.62e-3)
    assert _off_um(found, made) < 3
    assert found.geometry.dots_per_m == pytest.approx(dpi / 0.0254, rel=1e-4)
    assert found.pitch_m == pytest.approx(135e-6, rel=0.04)
    assert f"makes {dpi} dpi" in found.notes[-1]


def test_without_a_hole_nobody_knows_the_scale(groove: Groove) -> None:
    with pytest.raises(FormatError, match="give --dpi"):
        _found(groove, told=False)


def test_a_wrong_scale_is_refused(plain: NDArray[Any]) -> None:
    with pytest.raises(FormatError, match=r"by its 72 dpi the disc would be .* give the right one with --dpi"):
        find.find(_values(plain), (72 / 0.0254,) * 2)


def _rings(pitch_px: float, starts: float, size: int = 1100) -> NDArray[Any]:
    """Rings, or as many spirals side by side as it `starts`."""
    y, x = np.mgrid[0:size, 0:size] - (size - 1) / 2
    radius, angle = np.hypot(x, y), np.arctan2(-y, x)
    wave = 130 + 100 * np.cos(2 * np.pi * radius / pitch_px + starts * angle)
    wave = np.where((radius > 0.2 * size) & (radius < 0.47 * size), wave, 30)
    return np.asarray(np.clip(np.rint(wave + np.random.default_rng(0).normal(0, 5, wave.shape)), 0, 255), np.uint8)


def test_circles_are_no_spiral() -> None:
    for pitch in (6.4, 20.0):
        with pytest.raises(FormatError, match="circles in the picture, but no spiral"):
            find.find(_values(_rings(pitch, 0)), (DOTS, DOTS))


@pytest.mark.parametrize(("starts", "winding"), [(1, 1), (-1, -1), (2, 1)])
def test_spirals_are(starts: int, winding: int) -> None:
    found = find.find(_values(_rings(8.0, starts)), (DOTS, DOTS))
    assert found.winding == winding
    assert found.pitch_m * DOTS == pytest.approx(8.0 * abs(starts), rel=0.01)
    assert any("two lines" in each for each in found.notes) == (abs(starts) == 2)


SIDE = 900


def _grain() -> NDArray[Any]:
    return np.random.default_rng(0).standard_normal((SIDE, SIDE))


def _grey(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


X, Y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
NO_DISCS = {
    "blank": lambda: np.full((SIDE, SIDE), 255, np.uint8),
    "noise": lambda: _grey(128 + 60 * _grain()),
    "grain": lambda: _grey(128 + 300 * gaussian_filter(_grain(), 2)),
    "fur": lambda: _grey(128 + 400 * gaussian_filter(_grain(), (12, 1))),
    "stripes": lambda: _grey(128 + 100 * np.sin(X * 0.5 + Y * 0.2)),
    "halftone": lambda: _grey(128 + 60 * np.cos(X * 0.9) + 60 * np.cos(Y * 0.9)),
    "wood": lambda: _grey(128 + 100 * np.cos((np.hypot(X - 450, Y - 450) + 4000 * gaussian_filter(_grain(), 80)) / 2)),
    "a face": lambda: _grey(255 * np.exp(-((np.hypot(X - 450, Y - 400) / 300) ** 2)) + 5 * _grain()),
}


@pytest.mark.parametrize("name", NO_DISCS)
def test_what_is_no_disc_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="is it a scan of a disc") as told:
        find.find(_values(NO_DISCS[name]()), (DOTS, DOTS))
    assert "\n" not in str(told.value)


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(FormatError, match="100 × 100 px are too few"):
        find.find(_values(np.zeros((100, 100), np.uint8)), None)


@pytest.mark.shared
def test_x_rays_without_a_groove_are_refused(shared: Any) -> None:
    from bonemusic.pictures import read

    for path in sorted((shared / "data" / "xrays").glob("*.jpg"))[:2]:
        grey = read.full(path).grey
        down, right = (max(0, side // 2 - 700) for side in grey.shape)
        with pytest.raises(FormatError, match="is it a scan of a disc"):
            find.find(_values(grey[down : down + 1400, right : right + 1400]), (DOTS, DOTS))


def test_two_discs_in_one_picture_are_told(plain: NDArray[Any]) -> None:
    both = np.concatenate([plain, np.rot90(plain)], axis=1)
    notes = find.find(_values(both), (DOTS, DOTS)).notes
    assert [each for each in notes if "more than one disc" in each]
    assert not find.find(_values(plain), (DOTS, DOTS)).notes


def test_too_few_dots_are_told_in_dpi_only_where_they_are_known(groove: Groove) -> None:
    coarse = maker.scan(groove, dpi=400).grey
    with pytest.raises(FormatError, match=r"scan it at \d+ dpi or more"):
        find.find(_values(coarse), (400 / 0.0254,) * 2)
    with pytest.raises(FormatError, match="times as many dpi or more"):
        find.find(_values(coarse), None)


@settings(max_examples=4)
@given(st.integers(0, 2**32 - 1))
def test_what_is_damaged_is_refused_or_found(plain: NDArray[Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    hurt = plain[:900, :900].copy()
    for _ in range(rng.integers(1, 6)):
        top, left, size = rng.integers(0, 900), rng.integers(0, 900), rng.integers(50, 900)
        part = hurt[top : top + size, left : left + size]
        part[:] = rng.integers(0, 256, part.shape) if rng.random() < 0.5 else rng.integers(0, 256)
    try:
        found = find.find(_values(hurt), (DOTS, DOTS))
    except FormatError:
        return
    assert 0 < found.inner_m < found.outer_m < 0.2
    assert math.isfinite(found.geometry.x_px + found.geometry.y_px + found.pitch_m + found.seed_m)


@pytest.mark.parametrize(
    ("bent", "how"),
    [
        ((0.02, 0.02, 0.0), "near is larger|askew"),
        pytest.param((0.0, 0.0, 0.05), "seen obliquely", marks=pytest.mark.slow),
        pytest.param((0.2, 0.05, 0.1), "obliquely", marks=pytest.mark.slow),
    ],
)
def test_photographs_from_aside_are_told_and_mended(
    plain: NDArray[Any], bent: tuple[float, float, float], how: str
) -> None:
    size = len(plain)
    middle = (size - 1) / 2
    matrix = np.array([[1, bent[2], 0], [0, 1, 0], [bent[0] / size, bent[1] / size, 1]])
    move = np.array([[1, 0, middle], [0, 1, middle], [0, 0, 1]])
    seen = perspective.warped(plain, move @ matrix @ np.linalg.inv(move), size)
    with pytest.raises(FormatError, match=how) as told:
        find.find(_values(seen), (DOTS, DOTS))
    assert "--perspective" in str(told.value)
    found = find.find(perspective.mended(_values(seen)), None)
    assert abs(found.geometry.stretch) < 1e-4
    assert found.pitch_m == pytest.approx(135e-6, rel=0.05)
    assert not any("obliquely" in each for each in found.notes)


def test_no_photograph_of_a_disc_is_not_mended() -> None:
    with pytest.raises(FormatError, match="not even obliquely"):
        perspective.mended(_values(NO_DISCS["fur"]()))
