"""How a track holds its sound: known swings, widths and greys are told apart, and become displacement."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bonemusic.scanning.sight import Sight, box
from bonemusic.scanning.track import Geometry, Track
from bonemusic.scanning.ways import FULL_M_S, displaced, way_of
from bonemusic.scanning.widths import LAND, STRENGTH, WIDTH, looks_of

SIGHT = box(5.0, 0.8)
LOOKS = looks_of(8, 75.0)
AT = Geometry(0.0, 0.0, 94_488.0, 94_488.0)
PER_TURN = 9_600.0
STRETCHES, COUNT = 24, 8192


def _told(
    swing_px: float = 0.0, wider: float = 0.0, brighter: float = 0.0, noise: float = 2.0, strength: float = 150.0,
    slow: float = 0.0, behind: float = 0.0, speech: float = 1.0, unlit: float = 0.0, dusty: bool = False,
) -> tuple[NDArray[Any], Sight, NDArray[Any], NDArray[Any]]:  # fmt: skip
    """What is measured of a tone 1.5 times to a hundred samples, a path that does not know of it, and noise.

    `behind` is how much a picture behind changes the land, and so the strength; `speech` how much of the time there is
    the tone; `unlit` how much of the side is not seen.
    """
    rng = np.random.default_rng(1)
    wave = np.sin(2 * np.pi * np.arange(COUNT) / 66.7 + rng.uniform(0, 6.28, STRETCHES)[:, None])
    wave *= np.arange(COUNT) % 4096 < speech * 4096
    ray = behind * strength * np.sin(2 * np.pi * np.arange(COUNT) / 173)
    drift = 1 + slow * np.sin(2 * np.pi * np.arange(COUNT) / 6000)
    told, wide = np.zeros((STRETCHES, 6, COUNT)), np.zeros((STRETCHES, 4, COUNT))
    unsure = noise * np.array(
        [LOOKS.gain(0, SIGHT.width_px) / max(strength, 1.0), *(LOOKS.gain(k, 5.0) for k in (1, 2, 2))]
    )
    bright = strength * drift * (1 + brighter * wave) - ray

    def grain(deviation: float) -> NDArray[Any]:
        return deviation * rng.standard_normal(wave.shape)

    told[:, 2] = bright + grain(noise * SIGHT.noise_gain)
    told[:, 1] = bright * (swing_px * wave + grain(0.02))
    told[:, 4] = noise
    wide[:, WIDTH] = SIGHT.width_px * (1 + wider * wave) + grain(unsure[WIDTH])
    wide[:, STRENGTH] = bright + grain(unsure[STRENGTH])
    wide[:, LAND] = 60 + ray + grain(unsure[LAND])
    dark = np.arange(STRETCHES) < unlit * STRETCHES
    wide[dark, WIDTH] = 2 + 3 * np.abs(grain(1)[dark])
    wide[dark, STRENGTH] = grain(20)[dark]
    if dusty:
        wide[:, :, ::1500] *= 3
    return told, SIGHT, wide, unsure


@pytest.mark.parametrize(
    ("way", "wish"),
    [
        ("lateral", {}),
        ("lateral", {"swing_px": 0.8}),
        ("lateral", {"swing_px": 0.8, "wider": 0.05}),  # slopes make a groove look wider
        ("lateral", {"swing_px": 0.8, "wider": 0.05, "speech": 0.3}),
        ("lateral", {"noise": 40.0}),
        ("lateral", {"slow": 0.5}),  # a lamp
        ("lateral", {"behind": 0.2}),  # an X-ray
        ("lateral", {"behind": 0.2, "swing_px": 0.01}),
        ("lateral", {"dusty": True}),
        ("lateral", {"unlit": 0.4}),
        ("lateral", {"swing_px": 0.8, "wider": 0.3, "strength": 0.0}),
        ("vertical", {"wider": 0.2}),
        ("vertical", {"wider": 0.2, "speech": 0.3}),
        ("vertical", {"wider": 0.03}),
        ("vertical", {"wider": 0.2, "brighter": 0.05}),
        ("vertical", {"wider": 0.1, "swing_px": 0.02}),
        ("vertical", {"wider": 0.1, "behind": 0.2}),
        ("vertical", {"wider": 0.1, "unlit": 0.4, "dusty": True}),
        ("density", {"brighter": 0.3}),
        ("density", {"brighter": 0.08}),
        ("density", {"brighter": 0.3, "speech": 0.3}),
        ("density", {"brighter": 0.3, "slow": 0.4, "noise": 6.0}),
        ("density", {"brighter": 0.3, "behind": 0.2}),
    ],
)
def test_the_way_is_told(way: str, wish: dict[str, Any]) -> None:
    assert way_of(*_told(**wish)) == way


def test_where_nothing_was_seen_a_groove_swings() -> None:
    told, sight, wide, unsure = _told(brighter=0.3)
    told[:, :, : COUNT * 2 // 3] = 0
    assert way_of(told, sight, wide, unsure) == "lateral"
    assert way_of(np.zeros_like(told), sight, wide, unsure) == "lateral"
    told = _told(brighter=0.3)[0]
    assert way_of(told, sight, np.zeros_like(wide), unsure) == "lateral"
    assert way_of(told[:, :, :300], sight, wide[:, :, :300], unsure) == "lateral"  # too short to tell


def _track(strength: NDArray[Any], width_px: NDArray[Any], sure: NDArray[Any] | None = None) -> Track:
    n = len(strength)
    confidence = np.ones(n, np.float32) if sure is None else sure.astype(np.float32)
    light = np.asarray(strength * width_px, np.float32)
    return Track(AT, 0.0, PER_TURN, np.full(n, 0.05), strength.astype(np.float32), confidence, light)


WAVE = np.sin(2 * np.pi * np.arange(40_000) / 80)  # twelve whole ones in the mean over a tenth of a turn, but for one


def test_a_groove_at_45_degrees_lifts_by_half_of_what_it_narrows() -> None:
    width_m = 56e-6 - 2 * 10e-6 * WAVE
    up = displaced(_track(np.full(len(WAVE), 130.0), width_m * AT.dots_per_m), "vertical", 48_000)
    assert up.dtype == np.float32
    np.testing.assert_allclose(up[1000:-1000], 10e-6 * WAVE[1000:-1000], atol=0.1e-6)


def test_a_lamp_lifts_no_groove() -> None:
    lit = 130 + 60 * np.sin(2 * np.pi * np.arange(40_000) / PER_TURN)
    up = displaced(_track(lit, np.full(len(lit), 5.3)), "vertical", 48_000)
    assert np.abs(up[1000:-1000]).max() < 0.3e-6


def test_density_is_a_velocity_of_5_cm_s_at_full_modulation() -> None:
    moved = displaced(_track(100 * (1 + 0.5 * WAVE), np.full(len(WAVE), 5.0)), "density", 48_000)
    velocity = np.diff(moved.astype(np.float64)) * 48_000
    near = slice(2000, -2000)
    np.testing.assert_allclose(velocity[near], 0.5 * FULL_M_S * WAVE[1:][near], atol=0.01 * FULL_M_S)
    assert abs(moved[near].mean()) < 1e-8
    doubled = displaced(_track(200 * (1 + 0.5 * WAVE), np.full(len(WAVE), 5.0)), "density", 48_000)
    np.testing.assert_allclose(doubled, moved, atol=1e-9)  # how bright the lamp is, is no matter


@pytest.mark.parametrize("way", ["vertical", "density"])
def test_what_was_not_seen_says_nothing(way: Any) -> None:
    sure = np.ones(40_000)
    sure[10_000:10_500] = 0
    width = 5.0 + WAVE
    strength = 100 * (1 + 0.3 * WAVE)
    strength[10_000:10_500] = 1e6
    out = displaced(_track(strength, width, sure), way, 48_000)
    assert np.isfinite(out).all()
    if way == "vertical":
        assert not out[10_000:10_500].any()
    assert np.abs(np.diff(out[10_000:10_500])).max() < 1e-7  # of density: no sound, but for what is slow
    np.testing.assert_allclose(displaced(_track(strength, width, 0 * sure), way, 48_000), 0, atol=1e-12)


def test_less_than_a_turn_is_enough() -> None:
    short = WAVE[:300]
    for way in ("vertical", "density"):
        out = displaced(_track(100 * (1 + 0.3 * short), 5 + short), way, 48_000)  # type: ignore[arg-type]
        assert len(out) == 300
        assert np.isfinite(out).all()
