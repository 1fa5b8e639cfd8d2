"""Songs to one programme: displacement at its rate, one song after another, edge by edge."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.curves import recording
from bonemusic.cutting import plan
from bonemusic.cutting.programme import Programme, groove_rate_hz, programme, ring_samples, song_bandwidth_hz
from bonemusic.errors import Cancelled

from .sides import Clip, clip, song

RIAA = presets.curve("riaa")


def tone(seconds, rate_hz, hz=500.0):
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz).astype(np.float32)


def of(*sounds, **more):
    return programme(sounds, RIAA, 12_000, **more)


@pytest.mark.parametrize(
    ("bandwidth", "rate"), [(3600, 48_000), (4500, 48_000), (12_000, 48_000), (12_001, 96_000), (24_000, 96_000),
                            (25_000, 192_000)],
)  # fmt: skip
def test_rate_is_four_times_the_bandwidth_at_least(bandwidth, rate):
    assert groove_rate_hz(bandwidth) == rate


@pytest.mark.parametrize(("song_hz", "most"), [(44_100, 12_000), (8000, 3478.26), (22_050, 9586.96), (384_000, 12_000)])
def test_nothing_is_cut_that_the_song_cannot_hold(song_hz, most):
    band = song_bandwidth_hz(song_hz, 12_000)
    assert band == pytest.approx(most, abs=0.01)
    assert 1.15 * band <= song_hz / 2 + 1e-9  # where the high-cut is complete


@pytest.mark.parametrize(("song_hz", "band"), [(44_100, 12_000.0), (8000, 12_000.0), (96_000, 20_000.0)])
def test_tone_keeps_its_time_and_size(song_hz, band):
    """500 Hz: the displacement's rate, its ringing before and after, its phase to a hundredth of a degree."""
    hz = 500.0
    made = programme([clip(tone(3.0, song_hz), rate_hz=song_hz)], RIAA, band)
    rate = made.rate_hz
    ring = ring_samples(rate)
    assert rate == groove_rate_hz(song_bandwidth_hz(song_hz, band))
    assert made.ring == ring == rate // 4
    assert len(made.lateral_m) == 3 * rate + 2 * ring
    assert made.songs == ((0, 3 * rate),)
    assert (made.music_samples, made.music_s) == (3 * rate, 3.0)
    k = np.arange(rate, 2 * rate)
    found = 2j * np.mean(made.lateral_m[ring + k] * np.exp(-2j * np.pi * hz * k / rate))
    gain = recording(RIAA, np.array([hz]))[0] * 0.05 / (2j * np.pi * hz)
    assert abs(found / gain) == pytest.approx(1, rel=1e-5)
    assert np.degrees(np.angle(found / gain)) == pytest.approx(0, abs=0.01)


# Channels


def test_what_is_alike_in_both_channels_has_no_vertical():
    wave = song(1.0)
    mono, both = of(clip(wave)), of(clip(wave, wave), stereo=True)
    assert both.vertical_m is not None
    assert not both.vertical_m.any()
    np.testing.assert_array_equal(both.lateral_m, mono.lateral_m)


def test_the_left_channel_alone_moves_the_inner_wall_alone():
    """lateral - vertical is the outer edge, the right channel's: it stays."""
    wave = song(1.0)
    nothing, mono = np.zeros_like(wave), of(clip(wave))
    left, right = of(clip(wave, nothing), stereo=True), of(clip(nothing, wave), stereo=True)
    np.testing.assert_array_equal(left.lateral_m, left.vertical_m)
    np.testing.assert_array_equal(right.lateral_m, -right.vertical_m)
    np.testing.assert_allclose(left.lateral_m, mono.lateral_m / 2, rtol=1e-6, atol=1e-14)
    np.testing.assert_array_equal(left.lateral_m, right.lateral_m)


def test_what_is_opposite_in_both_channels_is_vertical_only():
    wave = song(1.0)
    made, mono = of(clip(wave, -wave), stereo=True), of(clip(wave))
    assert not made.lateral_m.any()
    np.testing.assert_allclose(made.vertical_m, mono.lateral_m, rtol=1e-6, atol=1e-14)


def test_on_a_lateral_disc_channels_are_mixed():
    left, right = song(1.0, 1), song(1.0, 2)
    made = of(clip(left, right))
    assert made.vertical_m is None
    np.testing.assert_allclose(made.lateral_m, of(clip((left + right) / 2)).lateral_m, rtol=1e-4, atol=1e-12)


def test_songs_of_one_channel_alone_need_no_vertical():
    assert of(clip(song(0.5)), clip(song(0.5)), stereo=True).vertical_m is None


def test_a_response_besides_acts_on_its_own_channel():
    left, right = song(1.0, 1), song(1.0, 2)
    plain = of(clip(left, right), stereo=True)
    half = of(clip(left, right), stereo=True, extra=(None, lambda f: np.full(len(f), 0.5)))
    np.testing.assert_array_equal(half.lateral_m, plain.lateral_m)
    np.testing.assert_allclose(half.vertical_m, plain.vertical_m / 2, rtol=1e-5, atol=1e-13)
    double = of(clip(left, right), extra=(lambda f: np.full(len(f), 2.0), None))
    np.testing.assert_allclose(double.lateral_m, 2 * of(clip(left, right)).lateral_m, rtol=1e-5, atol=1e-13)


# Several songs


@pytest.mark.parametrize("stereo", [False, True])
def test_songs_of_different_rates_and_channels_lie_one_after_another(stereo):
    """Each as it is alone, two seconds apart; where neighbours ring, both do."""
    sounds = [
        clip(tone(1.0, 44_100), rate_hz=44_100),
        clip(song(0.7, 1), song(0.7, 2), rate_hz=8000),
        clip(song(0.9, 3, rate_hz=11_025), rate_hz=11_025),
    ]
    made = of(*sounds, stereo=stereo)
    rate, ring, gap = made.rate_hz, made.ring, round(plan.MARKER_S * made.rate_hz)
    assert rate == 48_000
    lengths = [48_000, 33_600, math.ceil(9922 * 48_000 / 11_025)]
    first = 0
    for (a, b), length, sound in zip(made.songs, lengths, sounds, strict=True):
        assert (a, b - a) == (first, length)
        first = b + gap
        alone = of(sound, stereo=stereo, rate_hz=rate)
        for whole, part in ((made.lateral_m, alone.lateral_m), (made.vertical_m, alone.vertical_m)):
            if part is None:  # one channel has nothing that moves up or down
                assert whole is None or not whole[a : b + 2 * ring].any()
            else:
                np.testing.assert_array_equal(whole[a : b + 2 * ring], part)
        silence = made.lateral_m[b + 2 * ring : b + gap]
        assert len(silence) in (0, gap - 2 * ring)
        assert not silence.any()
    assert len(made.lateral_m) == made.songs[-1][1] + 2 * ring
    assert (made.vertical_m is not None) == stereo


def test_the_rate_is_that_of_the_song_that_holds_most():
    assert of(clip(song(0.3)), clip(song(0.3, rate_hz=44_100), rate_hz=44_100)).rate_hz == 48_000
    assert programme([clip(song(0.3))], RIAA, 20_000).rate_hz == 48_000  # 3.5 kHz is all there is
    wide = programme([clip(song(0.3)), clip(song(0.3, rate_hz=48_000), rate_hz=48_000)], RIAA, 20_000)
    assert wide.rate_hz == 96_000


def test_a_song_of_silence_between_two_others():
    nothing = np.zeros(8000, np.float32)
    made = of(clip(song(0.5)), clip(nothing), clip(song(0.5)))
    a, b = made.songs[1]
    assert not made.lateral_m[a + made.ring : b + made.ring].any()
    assert b - a == made.rate_hz


@pytest.mark.parametrize("stereo", [False, True])
def test_a_song_that_is_constantly_off_does_not_thump(stereo):
    """What a song is off by is known when it has flowed by, and is as if it had never been."""
    one, two = song(1.3, 1, loud=0.2), song(1.3, 2, loud=0.2)
    right = of(clip(one, two), clip(two, one), stereo=stereo)
    off = np.float32(0.3)
    offsets = [np.full(2, off), np.zeros(2)]
    made = of(clip(one + off, two + off), clip(two, one), stereo=stereo, offset_of=offsets.__getitem__)
    assert made.songs == right.songs
    scale = abs(right.lateral_m).max()
    np.testing.assert_allclose(made.lateral_m, right.lateral_m, atol=1e-3 * scale)
    if stereo:
        np.testing.assert_allclose(made.vertical_m, right.vertical_m, atol=1e-3 * scale)
    thumps = of(clip(one + off, two + off), clip(two, one), stereo=stereo)
    assert abs(thumps.lateral_m - right.lateral_m).max() > 0.3 * scale


# Lengths that are not told, or told wrongly


@pytest.mark.parametrize("stereo", [False, True])
def test_a_song_that_tells_no_length_is_the_same(stereo):
    one, two = clip(song(0.7, 1), song(0.7, 2)), clip(song(1.1, 3))
    told = of(one, two, stereo=stereo)
    untold = of(Clip(one.samples, 8000, False), Clip(two.samples, 8000, False), stereo=stereo)
    assert told.songs == untold.songs
    np.testing.assert_array_equal(told.lateral_m, untold.lateral_m)
    if stereo:
        np.testing.assert_array_equal(told.vertical_m, untold.vertical_m)


class Short(Clip):
    """A file that holds fewer frames than it says."""

    @property
    def frames(self):
        return len(self.samples) + 100


class Long(Clip):
    """A file that holds more."""

    @property
    def frames(self):
        return len(self.samples) - 100


def test_a_file_that_holds_less_than_it_says_ends_where_it_ends():
    one = clip(song(0.7, 1))
    made = of(Short(one.samples, 8000), clip(song(0.5)))
    assert made.songs[0] == (0, round(0.7 * 48_000))
    assert made.songs[1][0] == made.songs[0][1] + 96_000
    assert len(made.lateral_m) == made.songs[-1][1] + 2 * made.ring
    np.testing.assert_array_equal(made.lateral_m[: made.songs[0][1]], of(one).lateral_m[: made.songs[0][1]])


@pytest.mark.parametrize("after", [10, 600, 10_000])
def test_a_file_that_holds_more_than_it_says_takes_no_more_than_there_is(after):
    """100 frames more are 600 samples: as many of them as room is held ready for."""
    made = of(Long(song(0.7)[:, None], 8000), reserve=(10, after))
    base = made.lateral_m.base
    more = min(after, 600)
    assert made.songs == ((0, 33_600 - 600 + more),)
    assert made.reserve == (10, after - more)
    assert made.songs[-1][1] + 2 * made.ring == len(made.lateral_m) == len(base) - 10 - made.reserve[1]
    assert not base[:10].any()
    assert not base[10 + len(made.lateral_m) :].any()


# Room held ready


def test_room_that_is_held_ready_surrounds_the_same_programme():
    sound = clip(song(0.7, 1), song(0.7, 2))
    plain, ready = of(sound, stereo=True), of(sound, stereo=True, reserve=(1000, 500))
    assert plain.reserve == (0, 0)
    assert ready.reserve == (1000, 500)
    assert ready.songs == plain.songs
    for held, alone in ((ready.lateral_m, plain.lateral_m), (ready.vertical_m, plain.vertical_m)):
        np.testing.assert_array_equal(held, alone)
        assert len(held.base) == len(held) + 1500
        assert not held.base[:1000].any()
        assert not held.base[-500:].any()


def test_progress_rises_to_one_and_may_stop_the_work():
    told = []
    of(clip(song(0.7)), clip(song(0.7)), progress=lambda step, done: told.append((step, done)))
    assert {step for step, _ in told} == {"shaping the sound"}
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(step, done):
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        of(clip(song(0.7)), progress=stop)


def test_lengths_of_a_programme():
    made = Programme(np.zeros(100_000, np.float32), None, 48_000, ((0, 30_000), (40_000, 76_000)))
    assert (made.ring, made.music_samples, made.music_s) == (12_000, 76_000, 76_000 / 48_000)
