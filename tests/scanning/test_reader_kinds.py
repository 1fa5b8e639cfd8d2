"""Ways of writing read whole, discs that start inside, other sounds, and several scans of a side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.audio import Audio
from bonemusic.errors import FormatError
from bonemusic.playing.player import play
from bonemusic.scanning import reader
from tests.signals import pink_noise, speech_like, sweeps

from . import maker, measure
from .dolls import DPI, RPM, UNLIT, Side, even, read, snr_db, values
from .songs import DOLL, cut_groove


@pytest.fixture(scope="module")
def side() -> Side:
    return cut_groove(pink_noise(2.0, 48_000), level_m=40e-6, disc=DOLL)


def test_a_disc_that_starts_inside_is_read_outwards_and_told(side: Side) -> None:
    groove = even(side[0], inside=True)
    got = read(maker.scan(groove, dpi=DPI))
    assert got.found.winding == -1
    assert [note for note in got.notes if "starts inside" in note]
    assert got.track.radius_m[0] < got.track.radius_m[-1]
    assert snr_db(got.groove, side[1]) > 15.5  # forwards, the right way up


def test_a_track_that_varies_in_density_is_known_and_heard(side: Side) -> None:
    groove, song = side
    sound = np.zeros(len(groove))
    given = song.samples.mean(axis=1)[: groove.music.last - groove.music.first]
    sound[groove.music.first :][: len(given)] = given
    silent = even(groove, lateral_m=np.zeros(len(groove), np.float32))
    made = maker.scan(silent, dpi=DPI, brightness=0.6 + 0.35 * sound)
    got = read(made)
    assert got.way == "density"
    assert got.groove.meta["curve"] == "flat"
    for groove_read in (got.groove, got.mended):
        out = play(groove_read, presets.turntable("ideal"), None, presets.curve("flat"))
        heard = measure.heard(Audio(out.samples, out.rate_hz), song)
        assert heard.snr_db > 11
        assert heard.gain == pytest.approx(0.35 / 0.6, rel=0.1)  # full modulation is 5 cm/s, which is 1
    asked = read(made, track="lateral")
    assert asked.way == "lateral"


def test_hill_and_dale_is_known_and_heard_the_right_way_up(side: Side) -> None:
    groove, song = side
    up = (0.2 * groove.lateral_m).astype(np.float32)
    cut = even(groove, lateral_m=np.zeros(len(groove), np.float32), vertical_m=up)
    got = read(maker.scan(cut, dpi=DPI, noise=1))
    assert got.way == "vertical"
    assert snr_db(got.groove, song) > 13.5


def test_quiet_speech_cut_hill_and_dale_is_known() -> None:
    groove, song = cut_groove(speech_like(2.0, 48_000), level_m=40e-6, disc=DOLL)
    cut = even(
        groove, lateral_m=np.zeros(len(groove), np.float32), vertical_m=(0.2 * groove.lateral_m).astype(np.float32)
    )
    got = read(maker.scan(cut, dpi=DPI, noise=1))
    assert got.way == "vertical"
    assert snr_db(got.groove, song) > 14


@pytest.mark.parametrize("sound", [speech_like, sweeps])
def test_any_sound_will_do(sound: Any) -> None:
    groove, song = cut_groove(sound(2.0, 48_000), level_m=40e-6, disc=DOLL)
    got = read(maker.scan(groove, dpi=DPI, turned_rad=1.7))
    assert got.way == "lateral"
    assert snr_db(got.groove, song) > 16


def test_two_scans_each_a_third_unlit_are_as_good_as_one_that_is_lit(side: Side) -> None:
    groove, song = side
    lit = read(maker.scan(groove, dpi=DPI))
    one = maker.scan(groove, dpi=DPI, unlit_rad=UNLIT)
    other = maker.scan(groove, dpi=DPI, unlit_rad=UNLIT, turned_rad=3.0, seed=5, centre_px=(-3.1, 4.4))
    got = reader.read_all([values(one.grey), values(other.grey)], RPM)
    assert snr_db(got.groove, song) > snr_db(lit.groove, song) - 1
    assert got.gaps.missing_seconds < 0.1
    assert got.track.steps_per_turn == lit.track.steps_per_turn


def test_scans_of_different_sides_are_refused(side: Side) -> None:
    other, _ = cut_groove(pink_noise(2.0, 48_000, seed=9), level_m=40e-6, disc=DOLL)
    made = [maker.scan(groove, dpi=600, turned_rad=1.0).grey for groove in (side[0], other)]
    with pytest.raises(FormatError, match="scan 2 does not fit"):
        reader.read_all([values(grey, 600) for grey in made], RPM)
