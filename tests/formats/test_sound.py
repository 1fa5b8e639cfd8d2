"""Sound files as they are written: the chunks of EBU Tech 3285 read back by hand, and samples as others read them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bonemusic.audio import Audio
from bonemusic.errors import FormatError
from bonemusic.formats import sound


def audio_of(frames=1000, channels=1, rate_hz=48_000, loud=0.9):
    wave = np.random.default_rng(frames).uniform(-loud, loud, (frames, channels)).astype(np.float32)
    return Audio(wave, rate_hz)


def written(audio, suffix=".wav", description="a disc", history="A=ANALOGUE\nA=PCM,F=48000"):
    out = io.BytesIO()
    sound.write_sound(out, audio, suffix, description, history)
    return out.getvalue()


def chunks_of(data):
    """Name and body of each chunk of a RIFF file, sizes and padding checked."""
    riff, size, wave = struct.unpack_from("<4sI4s", data)
    assert (riff, wave) == (b"RIFF", b"WAVE")
    assert size == len(data) - 8
    found, at = {}, 12
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        found[name] = data[at + 8 : at + 8 + size]
        assert len(found[name]) == size
        if size & 1:
            assert data[at + 8 + size] == 0
        at += 8 + size + (size & 1)
    assert at == len(data)
    return found


def bext_of(body):
    """EBU Tech 3285 v1: fields at their offsets."""
    return {
        "description": body[0:256], "originator": body[256:288], "reference": body[288:320], "date": body[320:330],
        "time": body[330:338], "low": struct.unpack_from("<I", body, 338)[0],
        "high": struct.unpack_from("<I", body, 342)[0], "version": struct.unpack_from("<H", body, 346)[0],
        "umid": body[348:412], "reserved": body[412:602], "history": body[602:],
    }  # fmt: skip


def test_bext_is_laid_out_as_the_standard_says():
    chunks = chunks_of(written(audio_of()))
    assert list(chunks) == [b"bext", b"fmt ", b"data"]
    bext = bext_of(chunks[b"bext"])
    assert bext["description"].rstrip(b"\0") == b"a disc"
    assert bext["originator"].rstrip(b"\0") == b"Bonemusic"
    assert bext["version"] == 1
    assert (bext["low"], bext["high"]) == (0, 0)
    assert not any(bext["umid"] + bext["reserved"] + bext["reference"])
    assert not any(bext["date"] + bext["time"])  # the same input makes the same bytes, whatever day it is
    assert bext["history"] == b"A=ANALOGUE\r\nA=PCM,F=48000\r\n"


@pytest.mark.parametrize("history", ["", "one", "one\n", "two\r\nlines", "Curve µs — ⅓ 骨"])
@pytest.mark.parametrize("description", ["", "x" * 1000, "Кости & bones \x00 end"])
def test_bext_takes_any_text(history, description):
    bext = bext_of(chunks_of(written(audio_of(), description=description, history=history))[b"bext"])
    assert len(bext["description"]) == 256
    assert bext["description"][255] == 0
    assert bext["description"][:255].isascii()
    assert bext["history"].isascii()
    lines = bext["history"].split(b"\r\n")
    assert len(lines) == len(history.splitlines()) + 1
    assert lines[-1] == b""
    assert soundfile.info(io.BytesIO(written(audio_of(), description=description, history=history))).frames == 1000


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [0, 1, 2, 3, 1001])
@pytest.mark.parametrize("rate_hz", [44_100, 96_000, 192_000])
def test_others_read_what_was_written(channels, frames, rate_hz):
    """Also where the samples' bytes are odd in number and a byte is added; 24 bit, to half a step."""
    audio = audio_of(frames, channels, rate_hz)
    data = written(audio)
    assert len(data) % 2 == 0
    layout = struct.unpack("<HHIIHH", chunks_of(data)[b"fmt "])
    assert layout == (1, channels, rate_hz, rate_hz * channels * 3, channels * 3, 24)
    assert len(chunks_of(data)[b"data"]) == 3 * frames * channels
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        assert (file.samplerate, file.channels, file.frames) == (rate_hz, channels, frames)
        assert (file.format, file.subtype) == ("WAV", "PCM_24")
        read = file.read(dtype="float64", always_2d=True)
    np.testing.assert_allclose(read, audio.samples, atol=0.5001 / (1 << 23))


def test_known_samples_have_known_bytes():
    """Full scale is 2²³, least byte first; what lies beyond is clipped, not wrapped."""
    steps = np.array([0, 1, -1, 256, 0x123456, -0x123456], np.float32) / np.float32(1 << 23)
    audio = Audio(np.append(steps, np.array([1, -1, 7, -7], np.float32)), 48_000)
    data = chunks_of(written(audio))[b"data"]
    known = [0, 1, -1, 256, 0x123456, -0x123456, 0x7FFFFF, -0x800000, 0x7FFFFF, -0x800000]
    assert data == b"".join(n.to_bytes(3, "little", signed=True) for n in known)


def test_blocks_change_nothing(monkeypatch):
    audio = audio_of(1000, 2)
    known = written(audio)
    monkeypatch.setattr(sound, "BLOCK", 7)
    assert written(audio) == known


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_same_sound_same_bytes(suffix):
    audio = audio_of(5000, 2, 44_100, 0.3)
    assert written(audio, suffix) == written(audio, suffix)


@pytest.mark.parametrize(
    ("suffix", "name", "error"), [(".flac", "FLAC", 1e-7), (".ogg", "OGG", 0.1), (".mp3", "MP3", 0.5)]
)
def test_other_formats_hold_the_sound(suffix, name, error):
    t = np.arange(44_100) / 44_100
    audio = Audio((0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32), 44_100)
    with soundfile.SoundFile(io.BytesIO(written(audio, suffix))) as file:
        assert file.format == name
        assert file.samplerate == 44_100
        read = file.read(dtype="float64")
    assert len(read) == pytest.approx(44_100, abs=0 if suffix != ".mp3" else 4000)
    if suffix != ".mp3":
        assert np.abs(read - audio.samples[:, 0]).max() < error
    assert np.sqrt(2) * read[10_000:40_000].std() == pytest.approx(0.5, rel=0.02)


def test_too_long_for_a_wav(monkeypatch):
    monkeypatch.setattr(sound, "MAX_WAV", 2999)
    with pytest.raises(FormatError, match=r"4 GB.*\.flac"):
        written(audio_of(1000))
    monkeypatch.setattr(sound, "MAX_WAV", 3000)
    assert written(audio_of(1000))


@pytest.mark.parametrize(
    ("path", "name", "suffix"),
    [("a.wav", None, ".wav"), ("a.WAV", None, ".wav"), ("a.flac", None, ".flac"), ("a.svg", "ogg", ".ogg"),
     ("a", ".MP3", ".mp3"), ("-", None, ".wav"), ("-", "flac", ".flac")],
)  # fmt: skip
def test_format_is_told_by_the_suffix_or_by_name(path, name, suffix):
    assert sound.spelling(Path(path), name) == suffix


@pytest.mark.parametrize(
    ("path", "name"), [("a.svg", None), ("a", None), ("a.wav", "svg"), (".wav", None), ("a.", None)]
)
def test_what_is_no_sound_format_is_refused_in_one_line(path, name):
    with pytest.raises(FormatError) as caught:
        sound.spelling(Path(path), name)
    line = str(caught.value)
    assert "\n" not in line
    assert ".wav" in line
    assert ".flac" in line
