"""The main job's figures: a song cut, and played by a player that knows nothing of the project."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from .. import signals
from .outsider import agree_within_1_percent, bonemusic, compared, meets_the_bar, refplay

SPEEDS = {"33": "100/3", "45": "45", "78": "78", "78.26": "3600/46"}
RATES = (44_100, 48_000, 96_000)


@pytest.fixture(scope="module")
def cut_minstrels(
    shared: Path, minstrels: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    disc = tmp_path_factory.mktemp("minstrels") / "d.svg"
    claimed = bonemusic("cut", minstrels, "--disc", "10in-78", "-o", disc)
    return disc, claimed, refplay(shared, disc, "78", minstrels)


def test_minstrels_on_10in_78_meets_the_bar(cut_minstrels: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    _, _, heard = cut_minstrels
    meets_the_bar(heard)


def test_nothing_outside_the_recorded_radius(cut_minstrels: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    _, _, heard = cut_minstrels
    assert heard["outer_radius_mm"] <= 241.8 / 2


def test_closest_turns_never_below_width_and_land(cut_minstrels: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    _, _, heard = cut_minstrels
    assert heard["closest_turns_um"] >= 56 + 15


def test_figures_equal_to_cut_json_within_1_percent(
    cut_minstrels: tuple[Path, dict[str, Any], dict[str, Any]],
) -> None:
    _, claimed, heard = cut_minstrels
    agree_within_1_percent(heard, claimed)
    assert heard["snr_db"] == pytest.approx(claimed["predicted_snr_db"], rel=0.01)


def test_play_on_ideal_reaches_40_db(
    shared: Path, minstrels: Path, cut_minstrels: tuple[Path, dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    disc, _, _ = cut_minstrels
    heard = tmp_path / "heard.wav"
    report = bonemusic("play", disc, "-o", heard)
    said = compared(shared, heard, minstrels)
    assert said["snr_db"] >= 40
    assert said["response_error_db"] <= 0.5
    assert said["polarity"] == 1
    assert report["wow_percent"] == 0


def test_the_tightest_pitch_keeps_width_and_land(shared: Path, minstrels: Path, tmp_path: Path) -> None:
    disc = tmp_path / "d.svg"
    claimed = bonemusic("cut", minstrels, "-o", disc, "--pitch", "fixed", "--end", "20")
    heard = refplay(shared, disc, "78", _part(minstrels, tmp_path, 20))
    meets_the_bar(heard)
    assert heard["closest_turns_um"] >= 56 + 15
    # land + the step's allowance, and what planning by cells may leave between steep grooves
    assert 15 <= claimed["closest_land_um"] <= 16


def _part(song: Path, folder: Path, seconds: float) -> Path:
    samples, rate = soundfile.read(song, frames=round(seconds * soundfile.info(song).samplerate))
    part = folder / "part.wav"
    soundfile.write(part, samples, rate, subtype="FLOAT")
    return part


ALL = list(itertools.product(RATES, (1, 2), SPEEDS))
EVERY_VALUE_ONCE = [
    (44_100, 1, "33"), (48_000, 2, "45"), (96_000, 1, "78"), (44_100, 2, "78.26"), (96_000, 2, "33"), (48_000, 1, "78"),
]  # fmt: skip


def _same_song(shared: Path, minstrels: Path, folder: Path, rate_hz: int, channels: int, speed: str) -> None:
    samples, rate = soundfile.read(minstrels, always_2d=True)
    samples = soxr.resample(samples, rate, rate_hz, quality="VHQ")
    samples = samples.mean(axis=1, keepdims=True) if channels == 1 else samples
    song = folder / "song.wav"
    soundfile.write(song, np.clip(samples, -1, 1), rate_hz, subtype="PCM_24")
    claimed = bonemusic("cut", song, "-o", folder / "d.svg", "--rpm", speed)
    heard = refplay(shared, folder / "d.svg", SPEEDS[speed], song)
    meets_the_bar(heard)
    agree_within_1_percent(heard, claimed)


@pytest.mark.parametrize(("rate_hz", "channels", "speed"), EVERY_VALUE_ONCE)
def test_the_same_song_at_every_rate_speed_and_channels(
    shared: Path, minstrels: Path, tmp_path: Path, rate_hz: int, channels: int, speed: str
) -> None:
    _same_song(shared, minstrels, tmp_path, rate_hz, channels, speed)


@pytest.mark.slow
@pytest.mark.parametrize(("rate_hz", "channels", "speed"), [c for c in ALL if c not in EVERY_VALUE_ONCE])
def test_the_same_song_at_every_combination(
    shared: Path, minstrels: Path, tmp_path: Path, rate_hz: int, channels: int, speed: str
) -> None:
    _same_song(shared, minstrels, tmp_path, rate_hz, channels, speed)


@pytest.mark.parametrize("level", ["auto", "-12dB"])
@pytest.mark.parametrize("sound", ["pink_noise", "speech_like", "sweeps"])
def test_code_made_sounds_meet_the_bar(shared: Path, tmp_path: Path, sound: str, level: str) -> None:
    song = tmp_path / "song.wav"
    soundfile.write(song, getattr(signals, sound)(20.0, 44_100), 44_100, subtype="PCM_24")
    claimed = bonemusic("cut", song, "-o", tmp_path / "d.svg", "--level", level)
    heard = refplay(shared, tmp_path / "d.svg", "78", song)
    meets_the_bar(heard)
    agree_within_1_percent(heard, claimed)


@pytest.mark.parametrize("curve", ["decca-ffrr", "nab", "flat"])
def test_other_curves_meet_the_bar(shared: Path, minstrels: Path, tmp_path: Path, curve: str) -> None:
    part = _part(minstrels, tmp_path, 20)
    bonemusic("cut", part, "-o", tmp_path / "d.svg", "--curve", curve)
    spelt = {"decca-ffrr": "3978.87,636.62,23.40", "nab": "-,318.31,99.1", "flat": "flat"}[curve]
    meets_the_bar(refplay(shared, tmp_path / "d.svg", "78", part, spelt))


def test_our_disc_without_metadata_still_plays(
    shared: Path, minstrels: Path, cut_minstrels: tuple[Path, dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    import re

    text = cut_minstrels[0].read_text()
    bare = tmp_path / "bare.svg"
    text = re.sub(r'\s(data-\w+|id|inkscape:\w+)="[^"]*"', "", text)
    bare.write_text(re.sub(r"<title>.*?</title>|<circle[^>]*/>", "", text))
    bonemusic("play", bare, "-o", tmp_path / "heard.wav")
    assert compared(shared, tmp_path / "heard.wav", minstrels)["snr_db"] >= 40


def test_knolls_at_6_bytes_a_point_and_20000_points_a_second_with_40_db(
    shared: Path, knolls: Path, tmp_path: Path
) -> None:
    claimed = bonemusic("cut", knolls, "-o", tmp_path / "d.svg")
    assert claimed["bytes"] / claimed["points"] <= 6
    assert claimed["points"] / claimed["seconds"] >= 20_000
    heard = refplay(shared, tmp_path / "d.svg", "78", knolls)
    meets_the_bar(heard)
    agree_within_1_percent(heard, claimed)
