"""The rolling ball against known answers, and against a plain NumPy twin at many times the rate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bonemusic import rolling

INNER_M_S = 2 * math.pi * 0.06 * 100 / 3 / 60  # LP, 60 mm, 33⅓ rpm
LP_M = 18e-6


def tone(frequency_hz, velocity_m_s, rate_hz, periods_of=0.1):
    """One wall of a lateral tone, three equal stretches of 0.1 s: the middle one knows no ends."""
    n = round(rate_hz * periods_of)
    amplitude = velocity_m_s / (2 * math.pi * frequency_hz) / math.sqrt(2)
    return amplitude * np.sin(2 * math.pi * frequency_hz * np.arange(3 * n) / rate_hz)


def middle(wall):
    return wall[len(wall) // 3 : 2 * len(wall) // 3]


def twin(wall, step_m, radius_m, times):
    """The dilation of a periodic wall at the samples of an exactly oversampled one: slow and plain."""
    n = len(wall)
    spectrum = np.zeros(n * times // 2 + 1, complex)
    spectrum[: n // 2 + 1] = np.fft.rfft(wall)
    dense = np.fft.irfft(spectrum * times, n * times)
    fine_m = step_m / times
    best = np.full(n, -np.inf)
    for u in range(-int(radius_m / fine_m), int(radius_m / fine_m) + 1):
        best = np.maximum(best, np.roll(dense, -u)[::times] + math.sqrt(radius_m**2 - (u * fine_m) ** 2) - radius_m)
    return best


def thd_db(sound, frequency_hz, rate_hz):
    """Harmonics 2 to 7 against the fundamental; above half the rate they fold back, as they do in a groove."""
    power = np.abs(np.fft.fft(sound)) ** 2
    bins = np.arange(1, 8) * round(frequency_hz * len(sound) / rate_hz) % len(sound)
    return 10 * math.log10(power[bins[1:]].sum() / power[bins[0]])


def lateral(roll, wall):
    """Both walls of a lateral cut rolled, and their difference: what a mono pickup reads, over √2."""
    return (roll(wall) - roll(-wall)) / 2


def level_db(error, of):
    return 20 * math.log10(np.std(error) / np.std(of))


@pytest.mark.parametrize(
    ("frequency_hz", "velocity_m_s", "radius_m"),
    [(8000, 0.05, LP_M), (8010, 0.05, LP_M), (3000, 0.07, LP_M), (8010, 0.1, LP_M), (1000, 0.1, 65e-6)],
)
def test_distortion_is_that_of_an_oversampled_twin(frequency_hz, velocity_m_s, radius_m):
    wall = tone(frequency_hz, velocity_m_s, 96_000)
    step_m = INNER_M_S / 96_000
    ball = lateral(lambda w: middle(rolling.traced(w, INNER_M_S, 96_000, radius_m)), wall)
    plain = lateral(lambda w: twin(w, step_m, radius_m, 8), middle(wall))
    assert thd_db(ball, frequency_hz, 96_000) == pytest.approx(thd_db(plain, frequency_hz, 96_000), abs=0.3)


@pytest.mark.parametrize(("frequency_hz", "velocity_m_s"), [(8010, 0.05), (3000, 0.07), (12_010, 0.1)])
def test_waveform_is_that_of_a_finely_oversampled_twin(frequency_hz, velocity_m_s):
    wall = tone(frequency_hz, velocity_m_s, 96_000)  # the last one bridges its own valleys
    ball = middle(rolling.traced(wall, INNER_M_S, 96_000, LP_M))
    plain = twin(middle(wall), INNER_M_S / 96_000, LP_M, 64)
    assert level_db(ball - plain, wall) < -90


@pytest.mark.parametrize(
    ("frequency_hz", "velocity_m_s", "rate_hz", "least_db"),
    [(3000, 0.07, 96_000, 75), (8000, 0.05, 96_000, 30), (8010, 0.05, 96_000, 20), (8010, 0.05, 192_000, 40)],
)
def test_what_is_cut_eroded_is_traced_as_it_should_be(frequency_hz, velocity_m_s, rate_hz, least_db):
    wall = tone(frequency_hz, velocity_m_s, rate_hz)

    def compensated(w):
        cut = rolling.eroded(w, INNER_M_S, rate_hz, LP_M)
        return middle(rolling.traced(cut, INNER_M_S, rate_hz, LP_M))

    before = lateral(lambda w: middle(rolling.traced(w, INNER_M_S, rate_hz, LP_M)), wall)
    after = lateral(compensated, wall)
    assert thd_db(before, frequency_hz, rate_hz) - thd_db(after, frequency_hz, rate_hz) > least_db


def test_a_ball_on_a_level_wall_stays_level():
    wall = np.full(1000, 3e-6)
    np.testing.assert_allclose(rolling.traced(wall, 0.2, 96_000, LP_M), 3e-6, rtol=1e-12)


def test_a_ball_rolls_over_a_peak_in_an_arc():
    step_m, high_m = 0.3e-6, 3e-6
    x = (np.arange(1001) - 500) * step_m
    wall = high_m * np.exp(-0.5 * (x / (2 * step_m)) ** 2)  # as sharp as a wall without ripples can be
    height = rolling.traced(wall, step_m * 96_000, 96_000, LP_M)
    arc = np.maximum(high_m + np.sqrt(np.maximum(LP_M**2 - x**2, 0)) - LP_M, 0)
    assert (height >= arc - 1e-12).all()  # the top is always in reach
    assert (height <= np.maximum(arc, 0) + 0.1 * high_m).all()
    assert height[500] == pytest.approx(high_m, rel=1e-9)


def test_a_ball_climbs_a_step_in_an_arc():
    step_m, high_m = 0.1e-6, 4e-6
    x = (np.arange(2001) - 1000) * step_m
    wall = high_m / 2 * (1 + np.tanh(x / (2 * step_m)))
    height = rolling.traced(wall, step_m * 96_000, 96_000, LP_M)

    def arc(edge_m):
        climbing = high_m + np.sqrt(np.maximum(LP_M**2 - (x - edge_m) ** 2, 0)) - LP_M
        return np.where(x < edge_m, np.maximum(climbing, 0), high_m)

    # the wall lies between two sharp steps, 1 µm before it and behind it, and so does the ball
    assert (height <= arc(-1e-6) + 1e-3 * high_m).all()
    assert (height >= arc(1e-6) - 1e-3 * high_m).all()


def test_a_parabolic_valley_wider_than_the_ball_is_followed_exactly():
    step_m, bend_m = 2e-6, 100e-6
    x = (np.arange(401) - 200) * step_m
    height = rolling.traced(x**2 / (2 * bend_m), step_m * 96_000, 96_000, LP_M)
    # a ball that touches at u with slope s = u/bend stands at x = u - R·s/√(1+s²)
    u = np.linspace(-150e-6, 150e-6, 20_001)
    lean = np.sqrt(1 + (u / bend_m) ** 2)
    known = np.interp(x, u - LP_M * u / bend_m / lean, u**2 / (2 * bend_m) + LP_M / lean - LP_M)
    np.testing.assert_allclose(height[140:261], known[140:261], atol=1e-11)


def test_radius_0_gives_the_same_bits():
    wall = np.random.default_rng(1).standard_normal(500)
    assert rolling.traced(wall, 0.2, 96_000, 0.0) is not None
    np.testing.assert_array_equal(rolling.traced(wall, 0.2, 96_000, 0.0), wall)


def test_a_ball_never_sinks_below_the_wall_and_a_larger_one_never_below_a_smaller():
    wall = 1e-6 * np.cumsum(np.random.default_rng(2).standard_normal(4000))
    wall = np.convolve(wall, np.hanning(9) / np.hanning(9).sum(), "same")
    small = rolling.traced(wall, 0.3, 96_000, LP_M)
    assert (small >= wall - 1e-13).all()
    assert (rolling.traced(wall, 0.3, 96_000, 65e-6) >= small - 2e-9).all()


def test_stretches_are_one_go_bit_for_bit():
    random = np.random.default_rng(3)
    n = 80_001
    wall = 1e-6 * np.convolve(random.standard_normal(n), np.hanning(17), "same")
    speed = 0.4 - 0.2 * (np.arange(n) / n) ** 2
    whole = rolling.traced(wall, speed, 96_000, 65e-6)
    for first, last in [(0, 1), (0, 257), (255, 40_000), (33_000, 33_001), (79_990, n), (1, n)]:
        np.testing.assert_array_equal(rolling.traced(wall, speed, 96_000, 65e-6, first, last), whole[first:last])


def test_empty_and_tiny_walls():
    assert len(rolling.traced(np.zeros(0), 0.2, 96_000, LP_M)) == 0
    np.testing.assert_allclose(rolling.traced(np.array([1e-6]), 0.2, 96_000, LP_M), 1e-6, rtol=1e-9)
    assert rolling.traced(np.zeros(3, np.float32), 0.2, 96_000, LP_M).dtype == np.float32


def test_a_groove_that_stands_still_is_refused():
    with pytest.raises(ValueError, match="more than 0 m/s"):
        rolling.traced(np.zeros(10), 0.0, 96_000, LP_M)


def kernel_input(blocks=2, margin=60):
    wall = 2e-6 * np.convolve(
        np.random.default_rng(4).standard_normal(blocks * rolling.BLOCK + 2 * margin), np.hanning(13) / 6, "same"
    )
    between, both = np.zeros(len(wall)), np.zeros(2 * len(wall))
    rolling.halfway(wall, rolling.HALFWAY_TAPS, between, both)
    steps_m = np.linspace(2.2e-6, 2.1e-6, blocks + 1)
    return wall, between, both, margin, steps_m


def test_kernel_halfway_is_a_convolution():
    wall, between, both, _, _ = kernel_input()
    taps = rolling.HALFWAY_TAPS
    plain = np.convolve(wall, np.concatenate((taps[::-1], taps)), "full")[len(taps) :]
    np.testing.assert_allclose(between[24:-24], plain[24 : len(wall) - 24], atol=1e-18)
    np.testing.assert_array_equal(both[48:-48:2], wall[24:-24])
    np.testing.assert_array_equal(both[49:-48:2], between[24:-24])
    again, pairs = np.zeros_like(between), np.zeros_like(both)
    rolling.halfway.py_func(wall, taps, again, pairs)
    np.testing.assert_array_equal(again, between)
    np.testing.assert_array_equal(pairs, both)


def test_weights_halfway_are_the_least_squares():
    distance, f = np.arange(24) + 0.5, np.linspace(0, 0.435, 2000)
    weight = 1 / (f + 0.01)
    weight[0] *= 1000  # what does not move stays exactly where it is
    cosines = 2 * np.cos(2 * np.pi * np.outer(f, distance))
    fitted = np.linalg.lstsq(cosines * weight[:, None], weight, rcond=None)[0]
    np.testing.assert_allclose(rolling.HALFWAY_TAPS, fitted, atol=1e-9)
    error = np.abs(cosines @ rolling.HALFWAY_TAPS - 1)
    assert error[f <= 0.4].max() < 10 ** (-95 / 20)
    assert error[f <= 0.01].max() < 10 ** (-128 / 20)


def nearest_plain(both, margin, steps_m, radius_m):
    """Every half sample under the whole circle."""
    found = []
    for b in range(len(steps_m) - 1):
        half_m = 0.25 * (steps_m[b] + steps_m[b + 1])
        whole = int(radius_m / half_m)
        u = np.arange(-whole, whole + 1)
        circle = np.sqrt(radius_m**2 - (u * half_m) ** 2) - radius_m
        for i in range(rolling.BLOCK):
            at = 2 * (margin + b * rolling.BLOCK + i)
            found.append(u[np.argmax(both[at - whole : at + whole + 1] + circle)])
    return np.array(found, float)


def test_kernel_nearest_finds_what_trying_everything_finds():
    wall, between, both, margin, steps_m = kernel_input()
    at = np.zeros(2 * rolling.BLOCK)
    rolling.nearest(wall, between, both, margin, steps_m, 65e-6, at)
    np.testing.assert_array_equal(at, nearest_plain(both, margin, steps_m, 65e-6))
    again = np.zeros_like(at)
    rolling.nearest.py_func(wall, between, both, margin, steps_m, 65e-6, again)
    np.testing.assert_array_equal(again, at)


def test_kernel_contact_finds_the_top_of_a_polynomial_on_a_circle():
    _, _, both, margin, steps_m = kernel_input()
    at = nearest_plain(both, margin, steps_m, LP_M)
    out = np.zeros_like(at)
    rolling.contact(both, margin, steps_m, LP_M, at, out)
    t = np.linspace(-1, 1, 4001)
    for i in range(0, len(at), 7):
        m = 2 * (margin + i) + int(at[i])
        wall = np.polynomial.Polynomial.fit(np.arange(-3, 4), both[m - 3 : m + 4], 6)(t)
        b, inside = divmod(i, rolling.BLOCK)
        half_m = 0.5 * (steps_m[b] + (steps_m[b + 1] - steps_m[b]) * inside / rolling.BLOCK)
        circle = np.sqrt(LP_M**2 - ((at[i] + t) * half_m) ** 2) - LP_M
        assert out[i] == pytest.approx((wall + circle).max(), abs=2e-12)
    again = np.zeros_like(out)
    rolling.contact.py_func(both, margin, steps_m, LP_M, at, again)
    np.testing.assert_allclose(again, out, rtol=1e-12, atol=1e-18)
