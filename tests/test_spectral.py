"""The filter: exact on tones, the same in blocks as in one go, and every sample where it belongs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from bonemusic import spectral
from bonemusic.errors import Cancelled
from bonemusic.spectral import filtered, flow, high_cut, low_cut


def noise(samples, seed=20):
    return np.random.default_rng(seed).standard_normal(samples)


def flat(f):
    return np.ones(len(f))


def to(hz):
    """No gain lost up to 0.8 of a frequency, nothing left at it."""
    return lambda f: high_cut(f, 0.8 * hz, hz)


def db(error, of):
    return 20 * math.log10(np.abs(error).max() / np.abs(of).max())


# Known answers


RATES = [
    (8000, 48_000), (44_100, 48_000), (48_000, 44_100), (96_000, 44_100), (44_100, 96_000), (384_000, 44_100),
    (11_025, 48_000), (44_100, 44_099), (44_099, 44_100), (48_000, 48_000), (1000, 192_000),
]  # fmt: skip


@pytest.mark.parametrize(("rate", "out"), RATES)
def test_change_of_rate_is_exact(rate, out):
    hz = 0.31 * min(rate, out) / 2 + 0.123
    seconds = 11.3  # more than two blocks
    t, t_out = np.arange(round(seconds * rate)) / rate, np.arange(math.ceil(round(seconds * rate) * out / rate)) / out
    heard = filtered(np.cos(2 * np.pi * hz * t + 1), rate, to(min(rate, out) / 2), out)
    assert heard.dtype == np.float32
    assert len(heard) == len(t_out)
    steady = slice(round(0.7 * out), round((seconds - 0.7) * out))  # one second off the ends
    exact = np.cos(2 * np.pi * hz * t_out[steady] + 1)
    assert db(heard[steady] - exact, exact) < -120


def test_steady_tone_through_a_response_has_no_trace_of_the_blocks():
    """A 100 Hz tone through the steepest filters there are; blocks are 4.8 s apart here."""
    rate, hz = 8000, 100.0
    tone = np.sin(2 * np.pi * hz * np.arange(rate * 20) / rate)

    def response(f):
        return low_cut(f, 20.0) * high_cut(f, 3000, 3450) * np.exp(1j * f / 500) / (1 + 1j * f / 50)

    middle = slice(2 * rate, 18 * rate)
    gain = complex(response(np.array([hz]))[0])
    exact = np.imag(gain * np.exp(2j * np.pi * hz * np.arange(rate * 20) / rate))[middle]
    residue = filtered(tone, rate, response)[middle] - exact
    assert db(residue, exact) < -120
    # nor is it loud anywhere once float32's own rounding is averaged out: the residue is white
    spectrum = np.abs(np.fft.rfft(residue * np.hanning(len(residue)))) / len(residue) * 4
    assert 20 * math.log10(spectrum.max() / np.abs(exact).max()) < -145


def test_causal_response_is_a_recursive_filter():
    """A resistor and a capacitor, against scipy's own way of solving their differential equation."""
    rate, corner = 192_000, 700.0
    sound = np.convolve(noise(rate), np.hanning(400) / 200, "same") * np.hanning(rate)
    heard = filtered(sound, rate, lambda f: 1 / (1 + 1j * f / corner))
    _, known, _ = signal.lsim(([1], [1 / (2 * np.pi * corner), 1]), sound, np.arange(rate) / rate, interp=True)
    assert db(heard - known, known) < -80  # lsim joins the samples by straight lines


@pytest.mark.parametrize(("rate", "out"), [(8000, 48_000), (48_000, 8000), (44_100, 48_000), (44_100, 44_100)])
@pytest.mark.parametrize("pad_s", [0.0, 0.25, 0.6, 7.5])
def test_padding_puts_an_impulse_on_its_sample(rate, out, pad_s):
    impulse = np.zeros(rate * 3, np.float32)
    at_s = 1.01
    impulse[round(at_s * rate)] = 1
    heard = filtered(impulse, rate, to(min(rate, out) / 2), out, pad_s)
    pad = math.ceil(pad_s * out)
    assert len(heard) == 3 * out + 2 * pad
    peak = round(at_s * out) + pad
    assert heard.argmax() == peak
    np.testing.assert_allclose(heard[peak + 1 : peak + 400], heard[peak - 1 : peak - 400 : -1], atol=2e-7)
    assert heard.sum() / out == pytest.approx(1 / rate, rel=1e-4)


def test_ringing_before_the_first_sample_is_kept_only_where_asked():
    rate = 8000
    begins_at_once = np.ones(rate, np.float32)
    long = filtered(begins_at_once, rate, to(100), pad_s=0.5)
    short = filtered(begins_at_once, rate, to(100))
    assert np.abs(long[: rate // 2]).max() > 0.05
    np.testing.assert_array_equal(long[rate // 2 : -rate // 2], short)


def test_padding_that_is_no_whole_sample_rounds_up():
    sound = noise(4410).astype(np.float32)
    padded = filtered(sound, 44_100, to(20_000), 48_000, 0.100001)
    assert len(padded) == 4800 + 2 * 4801
    np.testing.assert_array_equal(padded[4801:-4801], filtered(sound, 44_100, to(20_000), 48_000))


# Blocks against one go


@settings(max_examples=12, deadline=None)
@given(
    n=st.integers(1, 160_000), more=st.integers(0, 90_000), rates=st.sampled_from([(8000, 8000), (8000, 11_025)]),
    threads=st.integers(1, 4), pad_s=st.sampled_from([0.0, 0.3]),
)  # fmt: skip
def test_what_follows_later_and_who_works_change_no_bit(n, more, rates, threads, pad_s):
    rate, out = rates
    sound = np.random.default_rng(n).standard_normal(n + more).astype(np.float32)

    def response(f):
        return high_cut(f, 3000, 3900) / (1 + 1j * f / 100)

    pad = math.ceil(pad_s * out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spectral, "THREADS", 1)
        whole = filtered(sound, rate, response, out, pad_s)
        patch.setattr(spectral, "THREADS", threads)
        first = filtered(np.append(sound[:n], np.zeros(more)), rate, response, out, pad_s)
        alone = filtered(sound[:n], rate, response, out, pad_s)
    assert first.shape == whole.shape
    # silence behind the sound is the same as no sound
    np.testing.assert_array_equal(alone[: len(alone) - pad], first[: len(alone) - pad])
    # what comes later reaches back no further than one block
    safe = max(0, math.floor(n * out / rate) + pad - math.ceil(6.01 * out))
    np.testing.assert_array_equal(whole[:safe], first[:safe])


def test_result_equals_one_transform_of_everything():
    """The plain twin: one FFT over the whole, with silence to either side for the ringing."""
    rate, out, n = 8000, 12_000, 8000 * 13
    sound = noise(n)

    def response(f):
        return low_cut(f, 20.0) * high_cut(f, 3000, 3900) / (1 + 1j * f / 100)

    lead = 3 * rate
    padded = np.zeros(2 * lead + n)
    padded[lead : lead + n] = sound
    spectrum = np.fft.rfft(padded)
    spectrum *= response(np.fft.rfftfreq(len(padded), 1 / rate)) * out / rate
    size = len(padded) * out // rate
    one = np.fft.irfft(np.pad(spectrum, (0, size // 2 + 1 - len(spectrum))), size)[3 * out : 3 * out + n * out // rate]
    assert db(filtered(sound, rate, response, out) - one, one) < -125


# Flowing by


def falling(f):
    return low_cut(f, 20.0) * high_cut(f, 3000, 3900) / (1 + 1j * f / 100)


def joined(pieces):
    return np.concatenate(list(pieces), axis=1)


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(0, 200_000), cuts=st.lists(st.floats(0, 1), max_size=30), channels=st.integers(1, 3),
    out=st.sampled_from([8000, 11_025, 4000]), pad_s=st.sampled_from([0.0, 0.3, 7.5]), threads=st.integers(1, 3),
)  # fmt: skip
def test_what_flows_by_is_what_is_filtered_whole(n, cuts, channels, out, pad_s, threads):
    sound = np.random.default_rng(n).standard_normal((n, channels)).astype(np.float32)
    pieces = np.split(sound, sorted(round(cut * n) for cut in cuts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spectral, "THREADS", threads)
        heard = list(flow(pieces, 8000, falling, out, pad_s))
    whole = [filtered(sound[:, c], 8000, falling, out, pad_s) for c in range(channels)]
    assert all(piece.shape[0] == channels for piece in heard)
    assert all(piece.shape[1] for piece in heard)
    np.testing.assert_array_equal(np.concatenate([np.zeros((channels, 0), np.float32), *heard], axis=1), whole)


def test_channels_are_mixed_before_they_are_filtered_each_by_its_own():
    sound = noise((60_000, 2)).astype(np.float32)

    def halves(block):
        return np.stack([block[:, 0] + block[:, 1], block[:, 0] - block[:, 1]]) * np.float32(0.5)

    heard = joined(flow(np.array_split(sound, 7), 8000, [falling, to(500)], mix=halves))
    lateral, vertical = halves(sound)
    np.testing.assert_array_equal(heard, [filtered(lateral, 8000, falling), filtered(vertical, 8000, to(500))])
    with pytest.raises(ValueError, match="longer"):
        list(flow([sound], 8000, [falling, falling, falling]))


def test_a_source_is_drawn_from_no_further_than_the_threads_work():
    drawn = 0

    def endless():
        nonlocal drawn
        while True:
            drawn += 8000
            yield np.ones((8000, 1), np.float32)

    flowing = flow(endless(), 8000, falling)
    for taken in range(1, 6):
        piece = next(flowing)
        assert drawn / 8000 <= 6 * (taken + spectral.THREADS + 2)
    flowing.close()
    np.testing.assert_allclose(piece[0, -8000:], 0, atol=1e-5)  # no steady sound comes through


def test_what_goes_wrong_at_the_source_is_heard():
    def breaks():
        yield np.ones((80_000, 1), np.float32)
        raise OSError("the disc fell down")

    with pytest.raises(OSError, match="fell down"):
        list(flow(breaks(), 8000, flat))
    assert list(flow([], 8000, flat)) == []


# Edges


def test_nothing_and_next_to_nothing():
    assert filtered(np.zeros(0, np.float32), 44_100, flat).shape == (0,)
    np.testing.assert_array_equal(filtered(np.zeros(0), 44_100, flat, 48_000, 0.25), np.zeros(24_000, np.float32))
    np.testing.assert_allclose(filtered(np.array([0.7]), 44_100, flat), [0.7], rtol=1e-6)
    assert filtered(np.ones(1), 44_100, flat, 96_000).shape == (3,)  # 2.18 samples, rounded up
    assert filtered(np.ones(1), 96_000, flat, 44_100).shape == (1,)


def test_input_is_left_alone_and_may_be_read_only():
    sound = noise(1000).astype(np.float32)
    before = sound.copy()
    sound.flags.writeable = False
    filtered(sound, 8000, lambda f: 0 * f)
    np.testing.assert_array_equal(sound, before)


def test_progress_tells_and_stops():
    told = []
    filtered(np.zeros(8000 * 30), 8000, flat, progress=lambda step, done: told.append((step, done)), step="a step")
    assert {step for step, _ in told} == {"a step"}
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert told[-1][1] == 1

    def stop(step, done):
        raise Cancelled

    with pytest.raises(Cancelled):
        filtered(np.zeros(8000 * 30), 8000, flat, progress=stop)


@pytest.mark.parametrize("least", [1, 2, 7, 11, 97, 1801, 44_101, 264_600, 2_304_001])
def test_lengths_are_smooth_and_the_least_such(least):
    def is_smooth(n):
        for prime in (2, 3, 5):
            while n % prime == 0:
                n //= prime
        return n == 1

    found = spectral._smooth(least)
    assert found >= least
    assert found == next(n for n in range(least, 2 * least + 1) if is_smooth(n))


# The two cuts


def test_low_cut_is_butterworths():
    f = np.geomspace(1, 1000, 200)
    b, a = signal.butter(4, 2 * np.pi * 20, "highpass", analog=True)
    _, known = signal.freqs(b, a, 2 * np.pi * f)
    np.testing.assert_allclose(low_cut(f, 20.0), np.abs(known), rtol=1e-9)
    assert 20 * math.log10(low_cut(np.array([20.0]), 20.0)[0]) == pytest.approx(-3.0103, abs=1e-3)
    assert low_cut(np.array([0.0]), 20.0)[0] == 0


def test_low_cut_has_rung_out_within_a_block():
    """Its impulse response further off than RING_S is below -140 dB: what is cut off there is not heard."""
    rate = 400
    f = np.fft.rfftfreq(rate * 60, 1 / rate)
    ringing = np.fft.irfft(low_cut(f, 12.0) - 1)  # the lowest in use
    far = np.abs(ringing[round(spectral.RING_S * rate) : rate * 30]).max()
    assert 20 * math.log10(far / np.abs(ringing).max()) < -140


def test_high_cut_passes_falls_and_stops():
    f = np.array([0, 900, 1000, 1075, 1150, 2000.0])
    np.testing.assert_allclose(high_cut(f, 1000, 1150), [1, 1, 1, 0.5, 0, 0], atol=1e-12)
