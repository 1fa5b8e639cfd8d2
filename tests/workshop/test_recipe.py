"""Settings: from words and from files, to one frozen recipe."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonemusic.errors import BonemusicError, PresetError, UnitError
from bonemusic.units import Level
from bonemusic.workshop import recipe
from bonemusic.workshop.looks import Looks
from bonemusic.workshop.recipe import Recipe, amended, from_file
from bonemusic.workshop.scanwish import ScanWish

KEYS = list(recipe._PARSERS)


def check(refused: BonemusicError, begin: str = "") -> None:
    assert "\n" not in str(refused)
    assert len(str(refused)) < 300
    assert str(refused).startswith(begin)


def test_words_become_numbers() -> None:
    made = amended(
        Recipe(),
        {
            "disc": "7in-45", "rpm": "33 1/3", "curve": "riaa", "machine": "ideal", "stylus": "lp-18", "sheet": "x.png",
            "turntable": "club", "level": "-6 dB", "pitch": "0.25mm", "start": "0:30", "end": "1:30", "dpi": "1200dpi",
            "seed": "7", "format": "svg",
        },
    )  # fmt: skip
    assert made == Recipe(
        disc="7in-45", rpm=Fraction(100, 3), curve="riaa", machine="ideal", stylus="lp-18", sheet="x.png",
        turntable="club", level=Level("db", -6.0), pitch=pytest.approx(250e-6), start_s=30.0, end_s=90.0,
        dots_per_m=pytest.approx(1200 / 25.4e-3), scan=ScanWish(dots_per_m=pytest.approx(1200 / 25.4e-3)),
        seed=7, format="svg",
    )  # fmt: skip


def test_every_field_has_a_setting() -> None:
    fields = {f.name for f in dataclasses.fields(Recipe)} - {"mastering", "looks", "scan"} | set(recipe.MASTERING)
    fields |= {f.name for kind in (Looks, ScanWish) for f in dataclasses.fields(kind)}
    assert {field for field, _ in recipe._PARSERS.values()} == fields


def test_master_sets_every_step_and_each_step_outranks_it() -> None:
    made = amended(Recipe(), {"swing": "80um", "master": "auto", "mono-below": "off"}).mastering
    assert made == dataclasses.replace(recipe.Mastering(*["auto"] * 8), swing=80e-6, mono_below="off")
    assert amended(Recipe(mastering=made), {"master": "off"}).mastering == recipe.Mastering()
    assert amended(Recipe(mastering=made), {"treble": "6cm/s"}).mastering == dataclasses.replace(made, treble=0.06)
    with pytest.raises(UnitError, match="neither auto nor off"):
        amended(Recipe(), {"master": "3"})


def test_none_leaves_a_setting_as_it_is() -> None:
    base = Recipe(disc="7in-45", seed=3)
    assert amended(base, dict.fromkeys(KEYS)) == base
    assert amended(base, {"seed": "4"}) == dataclasses.replace(base, seed=4)


@pytest.mark.parametrize("text", ["auto", "AUTO", " Auto "])
def test_auto_in_any_case(text: str) -> None:
    made = amended(Recipe(level=Level("db", 0.0), pitch="fixed"), {"level": text, "pitch": text})
    assert (made.level, made.pitch) == (None, "auto")


@pytest.mark.parametrize("key", ["rpm", "level", "pitch", "start", "end", "dpi", "seed"])
def test_the_setting_is_named(key: str) -> None:
    with pytest.raises(UnitError, match=f"^{key}: "):
        amended(Recipe(), {key: "nonsense"})


def test_nearest_names() -> None:
    with pytest.raises(PresetError, match="10in-78"):
        amended(Recipe(), {"disc": "10in-87"})
    with pytest.raises(UnitError, match=r"did you mean level\?"):
        amended(Recipe(), {"levl": "0"})
    with pytest.raises(UnitError, match="known are disc, rpm"):
        amended(Recipe(), {"zzz": "0"})


@pytest.mark.parametrize("text", ["", "x" * 300])
def test_what_cannot_name_a_sheet(text: str) -> None:
    with pytest.raises(UnitError, match="names no sheet and no picture"):
        amended(Recipe(), {"sheet": text})


@given(st.sampled_from(KEYS), st.text(max_size=80))
def test_fuzz_of_words(key: str, text: str) -> None:
    try:
        amended(Recipe(), {key: text})
    except (UnitError, PresetError) as refused:
        check(refused)


@given(st.dictionaries(
    st.sampled_from([*KEYS, "other"]),
    st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.none()).map(str),
))  # fmt: skip
def test_fuzz_of_settings_files(settings: dict[str, str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.toml"
        path.write_bytes("\n".join(f"{k} = {v}" for k, v in settings.items()).encode("utf-8", "surrogatepass"))
        try:
            from_file(path)
        except BonemusicError as refused:
            check(refused, str(path))


def file(folder: Path, held: str | bytes) -> Path:
    path = folder / "a.toml"
    path.write_bytes(held.encode() if isinstance(held, str) else held)
    return path


def test_a_settings_file(tmp_path: Path) -> None:
    made = from_file(file(tmp_path, 'disc = "7in-45"\nlevel = -6\nrpm = 33.3\nend = "1:30"\nseed = 3 # three\n'))
    assert made == Recipe(disc="7in-45", level=Level("db", -6.0), rpm=Fraction(100, 3), end_s=90.0, seed=3)
    assert from_file(file(tmp_path, b"\xef\xbb\xbfseed = 1\r\n")).seed == 1  # as some editors write it
    assert from_file(file(tmp_path, "")) == Recipe()


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (b"disc = [", "is no TOML"),
        (b"\xff\xfe", "is no TOML: 'no text in UTF-8'"),
        (b"seed = " + b"1" * 5000, "is no TOML"),
        (b"a=" + b"[" * 100_000, "is no TOML"),
        (b"#" * (recipe.MAX_CONFIG + 1), "larger than 1 MB"),
        (b'dsic = "7in-45"', "'dsic'; did you mean disc?"),
        (b"disc = true", "'disc' is no text and no number; write it like disc ="),
        (b"start = 00:01:30", "'start' is no text"),
        (b"[cut]\nseed = 1", "'cut' is a table"),
        (b"pitch = 250", "pitch: '250' has no unit"),
        (b'disc = "10in-87"', "did you mean 10in-78"),
    ],
)
def test_wrong_settings_files(tmp_path: Path, held: bytes, words: str) -> None:
    path = file(tmp_path, held)
    with pytest.raises(BonemusicError, match=re.escape(words)) as told:
        from_file(path)
    assert str(told.value).startswith(f"{path}: ")


def test_no_settings_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / ("x" * 300)):
        with pytest.raises(BonemusicError, match="cannot be read"):
            from_file(path)
    with pytest.raises(BonemusicError, match="1 MB"):
        from_file(Path("/dev/zero"))
