"""Names, units and settings files, spelt wrongly in every way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run, refused

PRESETS = {
    # option: command, what is near to a preset, the preset
    "disc": ("cut", "10in-87", "10in-78"),
    "curve": ("cut", "riia", "riaa"),
    "machine": ("cut", "ideel", "ideal"),
    "stylus": ("cut", "lp18", "lp-18"),
    "sheet": ("cut", "x-ray-flim", "x-ray-film"),
    "turntable": ("play", "portabel", "portable"),
}
FAR = ("", "zzzzzzzzz", "../../etc/passwd", "x" * 300, "a\nb", "ж", "\x1b[31m")

UNITS: dict[str, tuple[str, ...]] = {
    "rpm": ("78x", "fast", "-78", "0", "1e9", "nan", "inf", "33 1/0", "33,3", "", "７８", "78 rpm rpm", "1001"),
    "level": ("loud", "6dbb", "1e9", "-6 cm", "0um", "-5cm/s", "nan", "", "6 0um", "7cm", "-121", "--3dB"),
    "pitch": ("narrow", "250", "250x", "-1um", "0um", "1km", "1e-9m", "nan", "", "30mm", "2,5mm", "autos"),
    "start": ("soon", "-1", "1:99", "nan", "", "1,5", "1:2:3:4", "5 days", "1:-1"),
    "end": ("soon", "-1", "1:99", "nan", "", "1,5", "1:2:3:4", "5 days", "0x10"),
    "dpi": ("x", "0", "-1", "1e9", "", "5", "600dpcm", "nan", "600 x 600"),
    "seed": ("x", "-1", "1.5", "1e5", "9" * 30, "", "٣"),
}


@pytest.mark.parametrize("option", list(PRESETS))
def test_unknown_presets(run: Run, untouched: Path, wav: Path, disc: Path, option: str) -> None:
    command, near, meant = PRESETS[option]
    source, out = (wav, "out.svg") if command == "cut" else (disc, "out.wav")
    assert meant in refused(run(command, source, "-o", out, f"--{option}", near), "did you mean", codes=(2,))
    for far in FAR:
        line = refused(run(command, source, "-o", out, f"--{option}={far}"), codes=(2,))
        assert line.isprintable()
        assert "bonemusic list" in line or "did you mean" in line


@pytest.mark.parametrize("option", list(UNITS))
def test_units_spelt_wrongly(run: Run, untouched: Path, wav: Path, disc: Path, option: str) -> None:
    command, source, out = ("play", disc, "out.wav") if option == "seed" else ("cut", wav, "out.svg")
    for text in UNITS[option]:
        line = refused(run(command, source, "-o", out, f"--{option}={text}"), option, codes=(2,))
        assert "e+" not in line


@pytest.mark.parametrize("text", ["AUTO", " auto ", "-3dB", "-3", "2cm/s", "20um", "20 µm"])
def test_levels_spelt_rightly(run: Run, place: Path, wav: Path, text: str) -> None:
    assert run("cut", wav, "-o", "a.svg", "--disc", "card-5in-78", "--level", text, "--end", "0.1").code == 0


@pytest.mark.parametrize("text", ["AUTO", "Fixed", "300um", "0.3 mm"])
def test_pitches_spelt_rightly(run: Run, place: Path, wav: Path, text: str) -> None:
    result = run("cut", wav, "-o", "a.svg", "--disc", "card-5in-78", "--pitch", text, "--end", "0.1", "--json")
    assert result.code == 0
    if "3" in text:
        assert json.loads(result.out)["pitch_um"] == pytest.approx(300)


CONFIGS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "syntax": (b"disc = [", ("no TOML",)),
    "binary": (b"\x00\xff\x01", ("no TOML", "UTF-8")),
    "digits": (b"seed = " + b"1" * 5000, ("no TOML",)),
    "deep": (b"a=" + b"[" * 5000, ("no TOML",)),
    "large": (b"#" * (1 << 20) + b"\n", ("larger than 1 MB",)),
    "unknown": (b'dsic = "7in-45"', ("'dsic'", "did you mean disc?")),
    "far": (b'zebra = "a.svg"', ("'zebra'", "known are", "disc")),
    "list": (b'disc = ["7in-45"]', ("'disc'", "no text", "disc = ")),
    "yes": (b"disc = true", ("'disc'", "no text")),
    "table": (b'[cut]\ndisc = "7in-45"', ("'cut'", "table")),
    "preset": (b'disc = "7in-54"', ("7in-45",)),
    "number": (b"disc = 7", ("'7'",)),
    "unit": (b"pitch = 5", ("pitch", "no unit")),
    "nan": (b"level = nan", ("level", "nan")),
}


@pytest.mark.parametrize("name", list(CONFIGS))
def test_settings_files_that_are_wrong(run: Run, untouched: Path, wav: Path, name: str) -> None:
    held, words = CONFIGS[name]
    path = untouched.parent / f"{name}.toml"
    path.write_bytes(held)
    line = refused(run("cut", wav, "-o", "out.svg", "--config", path), f"{name}.toml", *words)
    assert line.isprintable()


def test_no_settings_file(run: Run, untouched: Path, wav: Path) -> None:
    for path in ("missing.toml", ".", "x" * 300):
        refused(run("cut", wav, "-o", "out.svg", "--config", path), "check the name", codes=(1,))
    refused(run("cut", wav, "-o", "out.svg", "--config", ""), "empty", codes=(2,))
    refused(run("cut", wav, "-o", "out.svg", "--config", "/dev/zero"), "1 MB", codes=(1,))


def test_options_outrank_the_settings_file(run: Run, place: Path, wav: Path) -> None:
    (place / "mine.toml").write_bytes(b'\xef\xbb\xbfdisc = "flexi-7in-33"\nlevel = -9\nrpm = 45\nend = "0.2s"\n')

    def cut(*more: str) -> dict[str, object]:
        result = run("cut", wav, "-o", "a.svg", "--config", "mine.toml", "--json", *more)
        assert result.code == 0, result
        report: dict[str, object] = json.loads(result.out)
        return report

    plain = cut()
    assert (plain["disc"], plain["level_db"], plain["rpm"]) == ("flexi-7in-33", pytest.approx(-9, abs=0.5), 45)
    assert plain["music_seconds"] == pytest.approx(0.2)
    assert cut("--disc", "card-5in-78")["disc"] == "card-5in-78"
    more = cut("--rpm", "78", "--level", "-12dB", "--end", "0.1", "--disc", "card-5in-78")
    assert (more["level_db"], more["rpm"]) == (pytest.approx(-12, abs=0.5), 78)
