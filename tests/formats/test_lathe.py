"""The lathe's four tracks: what stands in the file, and what comes back from it, also without its notes."""

from __future__ import annotations

import io
import math
import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bonemusic import presets
from bonemusic.errors import FormatError
from bonemusic.formats import registry
from bonemusic.formats.base import CutDisc
from bonemusic.formats.lathe import notes, read, sums, tracks, write
from bonemusic.groove import Groove, Knots, Profile, constant
from bonemusic.playing.player import play
from bonemusic.progress import silent

RATE = 96_000
RPM = Fraction(100, 3)
DISC, LATHE = presets.disc("12in-33"), presets.machine("lathe")
PROFILE = Profile(56e-6, 6e-6, math.pi / 2)


def spiral_of(seconds, pitch_m=1.2e-4, outer_m=0.1463):
    turns = np.array([0.0, float(RPM) / 60 * seconds])
    return Knots(turns, outer_m - pitch_m * turns, np.full(2, -pitch_m))


def groove_of(lateral, vertical=None, rate=RATE, **given):
    parts = {"spiral": spiral_of(len(lateral) / rate), "depth": constant(28e-6), "meta": {"curve": "riaa"}} | given
    return Groove(
        rpm=RPM, rate_hz=rate, lateral_m=np.asarray(lateral, np.float32), profile=PROFILE,
        vertical_m=None if vertical is None else np.asarray(vertical, np.float32), **parts,
    )  # fmt: skip


def faded(samples):
    """The same, out of silence and back into it, as a groove's lead-in and lead-out are."""
    edge = min(len(samples) // 4, RATE // 10)
    ramp = np.sin(np.linspace(0, np.pi / 2, edge)) ** 2
    samples = np.array(samples)
    samples[:edge] *= ramp
    samples[-edge:] *= ramp[::-1]
    return samples


def music(seconds=2.0, seed=1, low_hz=20, high_hz=16_000):
    """Noise of 20 µm within the band of a lacquer, as displacement."""
    n = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=n))
    f = np.fft.rfftfreq(n, 1 / RATE)
    spectrum *= ((f >= low_hz) & (f <= high_hz)) / np.maximum(f, 200)
    sound = np.fft.irfft(spectrum, n)
    return faded(20e-6 * sound / np.abs(sound).max())


def sine(frequency_hz, velocity_m_s=0.05, seconds=1.0):
    t = np.arange(round(seconds * RATE)) / RATE
    return velocity_m_s / (2 * np.pi * frequency_hz) * np.sin(2 * np.pi * frequency_hz * t)


def written(groove):
    out = io.BytesIO()
    assert write.write(out, groove, silent) == len(groove)
    return out.getvalue()


def kept(tmp_path, data, name="side.wav"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def back(path, rpm=None, else_rpm=Fraction(45)):
    return read.read(path, rpm, else_rpm, silent)


def samples_of(data):
    """The tracks as whole steps, by another program."""
    whole, _ = soundfile.read(io.BytesIO(data), dtype="int32", always_2d=True)
    return whole >> 8


def snr_db(wanted, got):
    wanted, got = np.asarray(wanted, np.float64), np.asarray(got, np.float64)
    return 10 * np.log10(np.sum(wanted**2) / np.sum((got - wanted) ** 2))


# --- what stands in the file ---------------------------------------------------------------------------------------


def test_the_head_is_plain_24_bit_pcm_of_four_tracks_without_loudspeakers():
    data = written(groove_of(music()))
    riff, size, wave = struct.unpack_from("<4sI4s", data)
    assert (riff, size, wave) == (b"RIFF", len(data) - 8, b"WAVE")
    at = data.index(b"fmt ")
    length, tag, channels, rate, per_s, frame, bits, extra, valid, mask = struct.unpack_from(
        "<IHHIIHHHHI", data, at + 4
    )
    assert (length, tag, channels, rate, per_s, frame) == (40, 0xFFFE, 4, RATE, RATE * 12, 12)
    assert (bits, extra, valid, mask) == (24, 22, 24, 0)
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        assert (file.channels, file.samplerate, file.subtype, file.frames) == (4, RATE, "PCM_24", 2 * RATE)


def test_full_scale_is_one_metre_a_second():
    """5 cm/s of 1 kHz in phase peaks at -26.02 dBFS on both tracks; a right-only cut is on the right track only."""
    steps = samples_of(written(groove_of(sine(1000))))
    assert (steps[:, 0] == steps[:, 1]).all()
    middle = steps[1000:-1000, 0]
    assert 20 * math.log10(middle.max() / 2**23) == pytest.approx(-26.02, abs=0.005)
    # velocity leads displacement by a quarter of a period: the greatest is where the displacement passes 0 upwards
    assert abs(int(np.argmax(middle)) % 96 - (-1000) % 96) <= 1
    half = sine(1000) / 2
    right_only = samples_of(written(groove_of(half, -half)))
    assert np.abs(right_only[:, 0]).max() == 0
    assert 20 * math.log10(right_only[1000:-1000, 1].max() / 2**23) == pytest.approx(-26.02, abs=0.005)


@pytest.mark.parametrize("frequency_hz", [20, 100, 1000, 10_000, 16_000, 19_200, 24_000, 33_000])
def test_the_head_is_fed_the_velocity_within_80_db(frequency_hz):
    t = np.arange(RATE)
    steps = samples_of(written(groove_of(sine(frequency_hz, 0.3))))[:, 0] / 2**23
    wanted = 0.3 * np.cos(2 * np.pi * frequency_hz / RATE * t)
    inside = slice(RATE // 4, -RATE // 4)
    assert snr_db(wanted[inside], steps[inside]) > 80
    gain = np.sum(steps[inside] * wanted[inside]) / np.sum(wanted[inside] ** 2)
    assert abs(gain - 1) < 2e-5


def test_silence_is_silence():
    steps = samples_of(written(groove_of(np.zeros(5000), np.zeros(5000))))
    assert not steps[:, :2].any()


def test_steps_summed_up_never_drift():
    """Also after a minute of the faintest sound the sum of all steps is the displacement, within half a step."""
    faint = 1e-9 * np.sin(np.arange(60 * RATE) * 0.001)
    steps = samples_of(written(groove_of(faint)))[:, 0]
    there = np.cumsum(steps) / 2**23 / RATE
    assert np.abs(there[:-1] - (faint[1:] + faint[:-1]) / 2).max() < 1.01 * 0.5 / 2**23 / RATE


def test_pitch_and_depth_are_slow_voltages():
    groove = groove_of(music(), depth=Knots(np.array([0, 1.0]), np.array([20e-6, 40e-6]), np.full(2, 20e-6)))
    steps = samples_of(written(groove))
    np.testing.assert_allclose(steps[:, 2] / 2**23 * 10e-3, 1.2e-4, atol=1.2e-9)
    turns = np.arange(len(groove)) * groove.turns_per_sample
    np.testing.assert_allclose(steps[:, 3] / 2**23 * 500e-6, 20e-6 + 20e-6 * turns, atol=6e-11)


def test_the_notes_tell_what_would_be_guessed():
    body = written(groove_of(music()))
    at = body.index(b"bext")
    told = notes.said(body[at + 8 : at + 8 + 256])
    assert told == notes.Notes(RPM, 0.1463, 6e-6, math.pi / 2, "riaa")
    assert b"1 m/s full scale" in body[at + 8 + 602 : at + 8 + 900]


def test_a_curve_of_a_long_name_is_left_out():
    text = write.described(groove_of(music(), meta={"curve": "骨" * 40}))
    assert len(text) <= 255
    assert notes.said(text.encode()).curve is None


def test_same_groove_same_bytes_in_blocks_of_any_size(monkeypatch):
    groove = groove_of(music(), music(seed=2))
    whole = written(groove)
    monkeypatch.setattr(write, "BLOCK", 64 * 37)
    assert written(groove) == whole


def test_kernels_do_what_their_plain_twins_do():
    rng = np.random.default_rng(5)
    samples = rng.normal(size=5000)
    out = np.empty(5000 - 2 * tracks.HALF + 1)
    tracks.between(samples, tracks.AHEAD_TAPS, out)
    both = np.concatenate((tracks.AHEAD_TAPS[::-1], tracks.AHEAD_TAPS))
    np.testing.assert_allclose(out, np.convolve(samples, both, "valid"), rtol=0, atol=1e-12)
    lateral, vertical = rng.normal(size=(2, 321)) * 1e-4
    pitch, depth = rng.uniform(0, 2**22, (2, 6))
    words = np.empty((320, 3), np.uint32)
    assert write.packed(lateral, vertical, 1e9, pitch, depth, words) == -1
    at = np.arange(320) / write.CELL
    plain = np.stack([
        np.diff(np.floor(1e9 * (lateral + vertical) + 0.5)), np.diff(np.floor(1e9 * (lateral - vertical) + 0.5)),
        np.floor(np.interp(at, np.arange(6), pitch) + 0.5), np.floor(np.interp(at, np.arange(6), depth) + 0.5),
    ], axis=1).astype(np.int64)  # fmt: skip
    bytes_of = words.astype("<u4").view(np.uint8).reshape(320, 4, 3).astype(np.int64)
    spelt = bytes_of[:, :, 0] + (bytes_of[:, :, 1] << 8) + (bytes_of[:, :, 2] << 16)
    np.testing.assert_array_equal(spelt, plain & 0xFFFFFF)


def test_more_than_four_gigabytes_are_rf64(monkeypatch, tmp_path):
    groove = groove_of(music())
    plain = written(groove)
    monkeypatch.setattr(write, "MOST_RIFF", 0)
    data = written(groove)
    assert data[:16] == b"RF64\xff\xff\xff\xffWAVEds64"
    riff, size, frames, table = struct.unpack_from("<QQQI", data, 20)
    assert (riff, size, frames, table) == (len(data) - 8, len(groove) * 12, len(groove), 0)
    np.testing.assert_array_equal(samples_of(data), samples_of(plain))
    path = kept(tmp_path, data)
    assert registry.for_reading(path).name == "lathe"
    np.testing.assert_array_equal(back(path)[0].lateral_m, back(kept(tmp_path, plain, "b.wav"))[0].lateral_m)
    with pytest.raises(FormatError, match="cut short"):
        back(kept(tmp_path, data[:-100], "c.wav"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lateral": sine(1000, 1.2)}, "1 m/s; lower the level"),
        ({"lateral": sine(1000, 0.6), "vertical": sine(1000, 0.6)}, "1 m/s; lower the level"),
        ({"lateral": sine(1000), "depth": constant(501e-6)}, "0 to 500 µm; choose"),
        ({"lateral": sine(1000), "spiral": spiral_of(1.0, 0.0101)}, "0 to 10 mm a turn; lay"),
        ({"lateral": sine(1000), "spiral": spiral_of(1.0, -1e-3)}, "0 to 10 mm a turn; lay"),
    ],
)
def test_what_the_tracks_cannot_hold_is_refused_not_clipped(given, said):
    with pytest.raises(FormatError, match=said) as caught:
        written(groove_of(**given))
    assert "\n" not in str(caught.value)


def test_the_registry_writes_wav_and_reads_what_was_written(tmp_path):
    spelling = registry.for_writing(Path("side.wav"), None)
    assert (spelling.name, spelling.vertical, spelling.lines) == ("lathe", True, False)
    assert not registry.for_writing(Path("side.svg"), None).vertical
    path = tmp_path / "side"
    with path.open("wb") as file:
        assert spelling.write(file, CutDisc(groove_of(music()), DISC, LATHE, 1e4), silent) == 2 * RATE
    assert registry.for_reading(path) is spelling


# --- what comes back -----------------------------------------------------------------------------------------------


def test_write_and_read_gives_the_groove_back_from_20_hz_to_16_khz(tmp_path):
    groove = groove_of(music(), music(seed=2))
    found, said = back(kept(tmp_path, written(groove)))
    assert said == ()
    assert (found.rpm, found.rate_hz, len(found)) == (RPM, RATE, len(groove))
    assert (found.profile.bottom_radius_m, found.profile.angle_rad) == (6e-6, math.pi / 2)
    assert found.profile.width_m == pytest.approx(56e-6, abs=1e-10)
    assert found.meta == {"curve": "riaa"}
    assert found.vertical_m is not None
    assert snr_db(groove.lateral_m, found.lateral_m) > 95
    assert snr_db(groove.vertical_m, found.vertical_m) > 95
    for low, high in ((20, 60), (2000, 8000), (10_000, 16_000)):  # each by itself, not hidden under louder ones
        band = groove_of(music(low_hz=low, high_hz=high) / 10)
        assert snr_db(band.lateral_m, back(kept(tmp_path, written(band)))[0].lateral_m) > 95


def test_a_lateral_groove_comes_back_lateral_and_silence_silent(tmp_path):
    lateral = np.concatenate((np.zeros(RATE), music(), np.zeros(2 * RATE)))
    for vertical in (None, np.zeros(len(lateral))):
        found, _ = back(kept(tmp_path, written(groove_of(lateral, vertical))))
        assert found.vertical_m is None
        assert not found.lateral_m[: RATE - 30].any()
        # where the music ends, what was rounded may stay: less than the millionth part of a groove's swing
        assert np.abs(found.lateral_m[3 * RATE + 30 :]).max() < 1e-12
    found, _ = back(kept(tmp_path, written(groove_of(np.zeros(RATE)))))
    assert not found.lateral_m.any()


def test_reading_in_blocks_of_any_size_is_the_same(tmp_path, monkeypatch):
    path = kept(tmp_path, written(groove_of(music(), music(seed=2))))
    whole, _ = back(path)
    monkeypatch.setattr(sums, "BLOCK", 1000)
    found, _ = back(path)
    np.testing.assert_array_equal(found.lateral_m, whole.lateral_m)
    np.testing.assert_array_equal(found.vertical_m, whole.vertical_m)
    np.testing.assert_array_equal(found.spiral.turns, whole.spiral.turns)
    np.testing.assert_allclose(found.spiral.value, whole.spiral.value, rtol=0, atol=1e-15)


def test_the_spiral_and_the_depth_come_back(tmp_path):
    """Turns that open and close between 80 µm and 1.2 mm, and a depth that follows: within 10 nm of radius."""
    seconds, per_turn = 20, 16
    turns = np.arange(0, seconds * float(RPM) / 60 + 1 / per_turn, 1 / per_turn)
    pitch = 640e-6 + 560e-6 * np.cos(2 * np.pi * turns / 5)
    radius = 0.14 - 640e-6 * turns - 560e-6 * np.sin(2 * np.pi * turns / 5) * 5 / (2 * np.pi)
    depth = Knots(turns, 30e-6 + 8e-6 * np.sin(turns), 8e-6 * np.cos(turns))
    groove = groove_of(np.zeros(seconds * RATE), spiral=Knots(turns, radius, -pitch), depth=depth)
    found, _ = back(kept(tmp_path, written(groove)))
    places = np.linspace(0, len(groove) * groove.turns_per_sample, 10_001)
    assert np.abs(found.spiral.at(places) - groove.spiral.at(places)).max() < 10e-9
    assert np.abs(found.spiral.slope_at(places) - groove.spiral.slope_at(places)).max() < 0.5e-6
    assert np.abs(found.depth.at(places) - groove.depth.at(places)).max() < 20e-9
    assert (np.diff(found.spiral.at(places)) <= 0).all()


def test_a_file_stripped_of_its_notes_still_plays(tmp_path):
    groove = groove_of(music(), music(seed=2))
    data = written(groove)
    path = tmp_path / "bare.wav"
    soundfile.write(path, samples_of(data) << 8, RATE, subtype="PCM_24", format="WAV")
    assert b"bext" not in path.read_bytes()
    assert registry.for_reading(path).name == "lathe"
    found, said = back(path, rpm=RPM)
    assert "a radius of 146.3 mm is taken" in said[0]
    assert len(said) == 1
    np.testing.assert_array_equal(found.lateral_m, back(kept(tmp_path, data))[0].lateral_m)
    found, said = back(path, else_rpm=RPM)
    assert "33⅓ rpm is taken" in said[0]
    assert found.rpm == RPM
    asked, said = back(kept(tmp_path, data), rpm=Fraction(45))
    assert (asked.rpm, said) == (Fraction(45), ())


@pytest.mark.parametrize("subtype", ["FLOAT", "PCM_32", "PCM_16"])
def test_other_kinds_of_wav_are_read(tmp_path, subtype):
    groove = groove_of(music())
    path = tmp_path / "other.wav"
    soundfile.write(path, samples_of(written(groove)) / 2**23, RATE, subtype=subtype)
    found, _ = back(path, rpm=RPM)
    assert snr_db(groove.lateral_m, found.lateral_m) > (20 if subtype == "PCM_16" else 90)


def test_an_offset_in_the_voltages_does_not_push_the_groove_away(tmp_path):
    groove = groove_of(music(seconds=20.0, low_hz=40))
    path = tmp_path / "offset.wav"
    soundfile.write(path, samples_of(written(groove)) / 2**23 + [1e-4, 1.5e-4, 0, 0], RATE, subtype="PCM_24")
    found, said = back(path, rpm=RPM)
    assert any("offset" in line for line in said)
    inside = slice(RATE, -RATE)
    assert snr_db(groove.lateral_m[inside], found.lateral_m[inside]) > 40


@pytest.mark.parametrize("which", ["left", "right", "both"])
def test_stereo_comes_out_of_the_right_channel_when_played(tmp_path, which):
    """Sound to groove to file to groove to sound: levels and separation, on the ideal turntable."""
    left = 0.0 if which == "right" else 1.0
    right = 0.0 if which == "left" else 1.0
    wave = faded(sine(1000, 0.05, 2.0))
    groove = groove_of((left + right) / 2 * wave, (left - right) / 2 * wave)
    found, _ = back(kept(tmp_path, written(groove)))
    curve, turntable = presets.curve("riaa"), presets.turntable("ideal")
    played = play(found, turntable, None, curve).samples[RATE // 2 : 3 * RATE // 2]
    before = play(groove, turntable, None, curve).samples[RATE // 2 : 3 * RATE // 2]
    if which == "both":
        assert played.shape[1] == 1
        assert np.abs(played).max() == pytest.approx(1, rel=1e-3)
        assert snr_db(before[:, 0], played[:, 0]) > 90
        return
    loud, faint = (0, 1) if which == "left" else (1, 0)
    assert np.abs(played[:, loud]).max() == pytest.approx(1, rel=1e-3)
    assert np.abs(played[:, faint]).max() < 1e-4  # -80 dB
    assert snr_db(before[:, loud], played[:, loud]) > 90


# --- what is no lathe's track --------------------------------------------------------------------------------------


def refusal(path):
    with pytest.raises(FormatError) as caught:
        back(path)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 250
    return message


def test_sound_is_not_taken_for_a_lathes_track(tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, np.zeros((1000, 2)), RATE, subtype="PCM_24")
    with pytest.raises(FormatError, match="is no drawing of a disc"):
        registry.for_reading(path)
    assert "has 2 tracks" in refusal(path)
    quad = tmp_path / "quad.wav"
    soundfile.write(quad, np.random.default_rng(1).uniform(-0.5, 0.5, (1000, 4)), RATE, subtype="PCM_24")
    assert registry.for_reading(quad).name == "lathe"
    assert "swings below nothing" in refusal(quad)


def test_a_pitch_that_leads_past_the_centre_is_refused(tmp_path):
    path = tmp_path / "far.wav"
    slow = np.zeros((30 * RATE, 4), np.float32)
    slow[:, 2] = 0.999
    soundfile.write(path, slow, RATE, subtype="PCM_16")
    assert "past the centre" in refusal(path)


def test_numbers_that_are_none_are_refused(tmp_path):
    path = tmp_path / "nan.wav"
    samples = np.zeros((1000, 4), np.float32)
    samples[500, 1] = np.nan
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    assert "not numbers" in refusal(path)


def test_damaged_files_are_refused_in_one_line(tmp_path):
    data = written(groove_of(music()))
    for end in (13, 40, 700, 720, 760, len(data) // 2, len(data) - 1):
        refusal(kept(tmp_path, data[:end]))
    at = data.index(b"fmt ")
    for offset, size, value in ((10, 2, 0), (10, 2, 60_000), (12, 4, 10), (12, 4, 0xFFFFFFF0)):
        broken = bytearray(data)
        broken[at + offset : at + offset + size] = value.to_bytes(size, "little")
        refusal(kept(tmp_path, bytes(broken)))
    assert "is cut short" in refusal(kept(tmp_path, data[:-13]))


def test_an_empty_depth_is_replaced_and_said(tmp_path):
    path = tmp_path / "flat.wav"
    samples = np.zeros((1000, 4))
    samples[:, 2] = 0.012
    soundfile.write(path, samples, RATE, subtype="PCM_24")
    found, said = back(path, rpm=RPM)
    assert any("depth is empty; 28 µm" in line for line in said)
    assert found.profile.width_m == pytest.approx(56e-6)


@pytest.mark.parametrize(
    "text",
    [b"", b"\0" * 256, b"[" * 256, b'{"rpm": 33}', b'{"rpm": "1e999999"}', b'{"radius_mm": 1e400, "curve": 5}', b"\xff",
     b'{"radius_mm": NaN, "angle_deg": "90", "bottom_um": true, "curve": "a\\nb"}', b'"text"'],
)  # fmt: skip
def test_senseless_notes_are_no_notes(text):
    assert notes.said(text) == notes.Notes()
