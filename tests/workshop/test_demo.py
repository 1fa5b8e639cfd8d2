"""The demo, run once with a short song: what it leaves in its folder."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from PIL import Image

from bonemusic import audio
from bonemusic.audio import Audio
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.presets import disc
from bonemusic.report.demo_page import page
from bonemusic.workshop.demo import _glimpse, _shape, demo

SECONDS, RATE_HZ, TONE_HZ = 2.0, 44_100, 800.0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A tone that swells and dies away, stereo, as its folder and its report."""
    folder = tmp_path_factory.mktemp("demo")
    t = np.arange(round(SECONDS * RATE_HZ)) / RATE_HZ
    swell = 0.8 * np.sin(math.pi * t / SECONDS) ** 2 * np.sin(2 * math.pi * TONE_HZ * t)
    song = folder / "a <song> & more.wav"
    with song.open("wb") as file:
        audio.write(file, Audio(np.stack((swell, swell), axis=1), RATE_HZ), "PCM_16")
    out = folder / "new" / "record"
    return out, demo(song, out)


def test_everything_is_there_and_nothing_is_left_over(made):
    folder, report = made
    named = {report.song, report.film, report.drawing, report.picture, report.small, *(h.file for h in report.heard)}
    assert {path.name for path in folder.iterdir()} == named
    assert len(named) == 7
    assert all((folder / name).stat().st_size > 1000 for name in named)
    assert (report.title, report.composed, report.folder) == ("a <song> & more", False, str(folder))


def test_sounds_decode_and_are_as_long_as_told(made):
    folder, report = made
    assert audio.read(folder / report.song).seconds == pytest.approx(SECONDS)
    assert [h.report.turntable for h in report.heard] == ["ideal", "portable"]
    for heard in report.heard:
        sound = audio.read(folder / heard.file)
        assert sound.seconds == pytest.approx(heard.report.seconds, abs=1e-3)
        assert sound.samples.std() > 1e-3


def test_the_tone_is_heard_after_the_lead_in(made):
    folder, report = made
    sound = audio.read(folder / report.heard[0].file)
    first = round((report.shape.lead_in_s + SECONDS / 4) * sound.rate_hz)
    count = round(SECONDS / 2 * sound.rate_hz)
    spectrum = np.abs(np.fft.rfft(sound.samples[first : first + count, 0] * np.hanning(count)))
    assert np.argmax(spectrum) * sound.rate_hz / count == pytest.approx(TONE_HZ, abs=2)


def test_pictures_open_and_the_small_one_is_the_large_one_seen_from_further_away(made):
    folder, report = made
    with Image.open(folder / report.picture) as large, Image.open(folder / report.small) as small:
        assert (large.width, large.height) == (large.width, large.width)
        assert small.size == (1400, 1400)
        assert small.format == "JPEG"
        half = np.asarray(large.convert("RGB").resize((350, 350), Image.Resampling.BOX), np.float64)
        again = np.asarray(small.resize((350, 350), Image.Resampling.BOX), np.float64)
    assert abs(again - half).mean() < 4
    assert again.mean() > half.mean()  # light adds: a fine bright line on dark film is brighter than its grey values
    assert (folder / report.small).stat().st_size < 600_000


def test_the_page_is_made_of_the_report(made):
    assert "a &lt;song&gt; &amp; more" in page(made[1])


def test_what_was_read_back_agrees_with_what_was_cut(made):
    _, report = made
    cut, shape = report.cut, report.shape
    assert (shape.diameter_mm, shape.hole_mm, shape.groove_width_um, shape.tip_um) == (251.0, 7.24, 56.0, 18.0)
    assert shape.groove_depth_um == pytest.approx(28)
    around = 2 * math.pi * cut.turns * 1e-3
    assert around * cut.inner_radius_mm < shape.groove_m < around * cut.outer_radius_mm
    glimpse = report.glimpse
    assert glimpse is not None
    assert glimpse.at_s == pytest.approx(SECONDS / 2, abs=0.2)
    (turn,) = glimpse.turns
    along, outwards = np.array(turn).T
    assert along[0] <= -glimpse.length_um / 2
    assert along[-1] >= glimpse.length_um / 2
    assert np.abs(outwards).max() <= cut.peak_displacement_um * 1.2 + 1
    speed_m_s = 2 * math.pi * glimpse.radius_mm * 1e-3 * cut.rpm / 60
    steepest = np.abs(np.diff(outwards) / np.diff(along)).max()
    assert steepest * speed_m_s * 100 == pytest.approx(cut.peak_velocity_cm_s, rel=0.05)


def spiral_groove(pitch_m, lateral_m=0.0, turns=10, rate_hz=48_000):
    card = disc("10in-78")
    count = round(turns * rate_hz * 60 / float(card.rpm))
    lateral = np.full(count, lateral_m, np.float32)
    spiral = Knots(np.array([0.0]), np.array([0.1]), np.array([-pitch_m]))
    profile = Profile(card.groove_width_m, card.bottom_radius_m, card.angle_rad)
    return card, Groove(spiral, constant(card.depth_m), card.rpm, rate_hz, lateral, profile)


def test_length_of_a_groove_is_that_of_the_spiral():
    card, groove = spiral_groove(1e-3)
    assert _shape(groove, card).groove_m == pytest.approx(10 * 2 * math.pi * 0.095, abs=2e-3)


def test_neighbouring_turns_come_into_view_and_lie_a_pitch_apart(made):
    card, groove = spiral_groove(1e-4)
    cut = dataclasses.replace(made[1].cut, limits=made[1].cut.limits)
    glimpse = _glimpse(groove, card, cut)
    assert glimpse is not None
    heights = [np.interp(0.0, *np.array(turn).T) for turn in glimpse.turns]
    assert len(heights) == 5
    np.testing.assert_allclose(heights, np.array([200, 100, 0, -100, -200]), atol=0.1)


def test_silence_has_no_fastest_moment(made):
    card, groove = spiral_groove(1e-3)
    assert _glimpse(groove, card, dataclasses.replace(made[1].cut, limits=())) is None
