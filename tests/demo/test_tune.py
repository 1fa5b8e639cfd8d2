"""The demo's song: measured, since a test cannot dance to it."""

import numpy as np
import pytest

from bonemusic.audio import Audio
from bonemusic.demo import score
from bonemusic.demo.modes import Modes, ring
from bonemusic.demo.piano import hz_of, piano_note
from bonemusic.demo.tune import BARS_ALONE, LEAD_S, boogie, tempo
from bonemusic.errors import SoundError

RATE_HZ = 22050


@pytest.fixture(scope="module")
def tune() -> Audio:
    return boogie(26.0, RATE_HZ)


def spectrum(samples, rate_hz, points=1 << 17):
    """Frequencies and magnitudes of a windowed stretch, finely interpolated."""
    magnitude = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), points))
    return np.fft.rfftfreq(points, 1 / rate_hz), magnitude


def loudest_hz(samples, rate_hz, low_hz, high_hz):
    hz, magnitude = spectrum(samples, rate_hz)
    inside = (hz >= low_hz) & (hz <= high_hz)
    return hz[inside][np.argmax(magnitude[inside])]


def test_ringing_modes_are_the_sum_of_their_sines():
    modes = Modes(np.array([220.0, 3300.5]), np.array([3.0, 40.0]), np.array([0.3, -1.0]), np.array([[1, 0.5], [0, 2]]))
    t = np.arange(5000) / 44100
    each = np.exp(-np.outer(modes.decay_per_s, t)) * np.cos(2 * np.pi * np.outer(modes.hz, t) + modes.phase[:, None])
    np.testing.assert_allclose(ring(modes, 5000, 44100), modes.gain @ each, atol=2e-6)


def test_a_mode_too_high_for_the_rate_is_left_out():
    modes = Modes(np.array([5000.0]), np.array([1.0]), np.zeros(1), np.ones((1, 1)))
    assert not ring(modes, 100, 8000).any()


@pytest.mark.parametrize("midi", [36, 52, 60, 72, 84])
def test_the_piano_is_in_tune(midi):
    note = piano_note(midi, 0.7, 1.0, 44100).mean(axis=0)
    f0 = hz_of(midi)
    found = loudest_hz(note, 44100, 0.9 * f0, 1.1 * f0)
    assert abs(1200 * np.log2(found / f0)) < 8


def test_a_harder_blow_is_louder_and_brighter():
    def centre_and_level(loudness):
        hz, magnitude = spectrum(piano_note(60, loudness, 0.5, 44100)[0], 44100)
        return (hz * magnitude**2).sum() / (magnitude**2).sum(), np.sqrt((magnitude**2).mean())

    (soft_hz, soft), (hard_hz, hard) = centre_and_level(0.3), centre_and_level(0.9)
    assert hard > 2 * soft
    assert hard_hz > 1.2 * soft_hz


def test_high_keys_die_sooner_than_low_ones():
    def left_after_half_a_second(midi):
        note = piano_note(midi, 0.7, 1.0, 44100)
        return np.abs(note[:, 22050:26460]).max() / np.abs(note).max()

    assert left_after_half_a_second(84) < 0.5 * left_after_half_a_second(40)


@pytest.mark.parametrize(("name", "midi"), [("C4", 60), ("A4", 69), ("Bb2", 46), ("F#5", 78), ("Cb5", 71), ("C1", 24)])
def test_keys_have_names(name, midi):
    assert score.key(name) == midi


@pytest.mark.parametrize("bars", [2, 7, 16, 40])
def test_every_note_lies_on_a_piano_and_in_its_bar(bars):
    for bar in range(bars):
        for note in score.left_hand(bar, bars) + score.right_hand(bar, bars):
            assert 21 <= note.midi <= 108
            assert -0.5 <= note.slot < 14
            assert bar == bars - 1 or note.slot + note.length <= 12.5
            assert 0 < note.loudness <= 1


def test_the_form_is_a_twelve_bar_blues_that_ends_whole():
    roots = [score.walk(bar, 24)[0] % 12 for bar in range(12)]
    assert [roots[k] for k in (0, 2, 4, 6, 8, 9, 10, 11)] == [0, 0, 5, 0, 7, 5, 0, 7]
    assert [score.walk(bar, 28) for bar in range(16, 28)] == [score.walk(bar, 24) for bar in range(12, 24)]


def test_the_bass_walks_where_it_should(tune):
    bars, bar_s = tempo(26.0)
    mono = tune.samples.mean(axis=1)
    for bar in range(BARS_ALONE, bars - 1):
        for beat, midi in enumerate(score.walk(bar, bars)):
            at = round((LEAD_S + (bar + beat / 4) * bar_s + 0.04) * RATE_HZ)
            # the left hand answers with the octave, which is not to be counted
            found = loudest_hz(mono[at : at + round(0.3 * RATE_HZ)], RATE_HZ, 58, 1.7 * hz_of(midi))
            assert abs(12 * np.log2(found / hz_of(midi))) < 0.5, (bar, beat)


def test_the_eighths_swing(tune):
    bars, bar_s = tempo(26.0)
    hop = RATE_HZ // 200
    mono = np.diff(tune.samples.mean(axis=1))
    power = (mono[: len(mono) // hop * hop].reshape(-1, hop) ** 2).sum(axis=1)
    rise = np.maximum(np.diff(np.log(power + 1e-9)), 0)

    def onset(part_of_a_beat):
        beats = np.arange(4 * BARS_ALONE, 4 * (bars - 1)) + part_of_a_beat
        at = np.round((LEAD_S + beats * bar_s / 4) * 200).astype(int)
        return np.mean([rise[a - 3 : a + 5].max() for a in at])

    assert onset(0) > 2 * onset(1 / 2)
    assert onset(2 / 3) > 2 * onset(1 / 2)


def test_it_ends_on_the_home_chord(tune):
    bars, bar_s = tempo(26.0)
    at = round((LEAD_S + (bars + 0.1) * bar_s) * RATE_HZ)
    mono = tune.samples[at : at + RATE_HZ].mean(axis=1)
    hz, magnitude = spectrum(mono, RATE_HZ)
    heard = (hz > 60) & (hz < 800)
    tone = np.round(12 * np.log2(hz[heard] / hz_of(60))).astype(int) % 12
    chroma = np.bincount(tone, magnitude[heard] ** 2, 12)
    assert np.argmax(chroma) == 0
    assert set(np.argsort(chroma)[-3:]) == {0, 4, 7}
    assert chroma[[0, 2, 4, 7, 10]].sum() > 0.8 * chroma.sum()


def test_the_level_is_steady_and_clean(tune):
    samples = tune.samples
    assert samples.dtype == np.float32
    assert 20 * np.log10(np.abs(samples).max()) == pytest.approx(-1, abs=0.01)
    assert np.abs(samples.mean(axis=0)).max() < 1e-5
    seconds = samples[: 23 * RATE_HZ].reshape(23, RATE_HZ, 2)
    levels_db = 10 * np.log10((seconds.astype(float) ** 2).mean(axis=(1, 2)))
    assert levels_db.min() > -24
    assert np.ptp(levels_db) < 5


def test_it_begins_and_ends_in_silence_without_a_click(tune):
    assert np.abs(tune.samples[: round(0.1 * RATE_HZ)]).max() < 1e-3
    assert np.abs(tune.samples[-100:]).max() < 1e-4
    # a click is a step that its surroundings do not explain: no jump comes near full scale
    assert np.abs(np.diff(tune.samples, axis=0)).max() < 0.5


def test_the_sides_differ_but_the_deep_tones_do_not(tune):
    middle, side = (tune.samples @ np.array([[1, 1], [1, -1]])).T / 2
    hz = np.fft.rfftfreq(len(middle), 1 / RATE_HZ)
    m2, s2 = np.abs(np.fft.rfft(middle)) ** 2, np.abs(np.fft.rfft(side)) ** 2
    assert 4 < 10 * np.log10(m2.sum() / s2.sum()) < 15
    deep = (hz > 30) & (hz < 120)
    assert 10 * np.log10(m2[deep].sum() / s2[deep].sum()) > 15


@pytest.mark.parametrize(("seconds", "rate_hz"), [(5.0, 8000), (12.34, 11025), (6.0, 48000)])
def test_any_length_and_rate(seconds, rate_hz):
    tune = boogie(seconds, rate_hz)
    assert tune.rate_hz == rate_hz
    assert tune.samples.shape == (round(seconds * rate_hz), 2)
    assert np.isfinite(tune.samples).all()


def test_it_is_the_same_every_time():
    np.testing.assert_array_equal(boogie(6.0, 8000).samples, boogie(6.0, 8000).samples)


@pytest.mark.parametrize("seconds", [0.0, -3.0, 4.9, float("nan")])
def test_too_short_is_refused(seconds):
    with pytest.raises(SoundError, match="at least 5 s"):
        boogie(seconds)
