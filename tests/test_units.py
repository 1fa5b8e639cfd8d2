"""Text with a unit, and back: what people write is understood, and what nobody can understand is said in one line."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bonemusic import units
from bonemusic.errors import BonemusicError, UnitError

PARSERS: dict[str, Callable[[str], Any]] = {
    "length": units.length_m, "time": units.time_s, "rpm": units.rpm, "level": units.level, "dots": units.dots_per_m,
}  # fmt: skip


def refusal(parse: Callable[[str], Any], text: str) -> str:
    with pytest.raises(UnitError) as caught:
        parse(text)
    message = str(caught.value)
    assert "\n" not in message
    assert message.isprintable()
    assert len(message) < 200
    return message


def number(value: object) -> float:
    return float(value.value if isinstance(value, units.Level) else value)  # type: ignore[arg-type]


# --- lengths -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected_m"),
    [
        ("1m", 1), ("3cm", 0.03), ("175mm", 0.175), ("60um", 60e-6), ("60µm", 60e-6), ("60μm", 60e-6),
        ("400nm", 4e-7),
        ("7in", 0.1778), ('7"', 0.1778), ("1mil", 25.4e-6), ("72pt", 0.0254), ("6pc", 0.0254), ("96px", 0.0254),
        ("175", 0.175), ("0", 0), (" 175 mm ", 0.175), ("175\u202fmm", 0.175), ("175\u00a0mm", 0.175),
        (".5in", 0.0127),
        ("5.in", 0.127), ("+5mm", 0.005), ("1e3um", 1e-3), ("1E-3 m", 1e-3), ("7IN", 0.1778), ("7 In", 0.1778),
        ("175MM", 0.175), ("2M", 2), ("-0mm", 0),
    ],
)  # fmt: skip
def test_lengths(text: str, expected_m: float) -> None:
    assert units.length_m(text) == pytest.approx(expected_m, rel=1e-15, abs=0)


def test_every_length_unit_is_understood() -> None:
    for unit, size_m in units.LENGTH_M.items():
        assert units.length_m(f"2.5 {unit}") == pytest.approx(2.5 * size_m, rel=1e-15, abs=0)


def test_decimals_arrive_as_the_nearest_number() -> None:
    assert units.length_m("60um") == 60e-6 != 60 * 1e-6
    assert units.length_m("175mm") == 0.175 != 175 * 1e-3


def test_a_naked_length_is_in_the_unit_that_the_caller_names() -> None:
    assert units.length_m("60", "um") == 60e-6
    assert "has no unit" in refusal(lambda t: units.length_m(t, None), "60")
    assert units.length_m("60um", None) == 60e-6


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("7 inch", "did you mean in?"), ("175 milimetre", "did you mean"), ("12 furlongs", "known are m, cm"),
        ("-5mm", "cannot be negative"), ("", "write it like 7in"), ("   ", "write it like 7in"),
        ("mm", "write it like"), ("abc", "write it like"), ("5 5 mm", "write it like"), ("5mm x", "write it like"),
        ("1.2.3mm", "write it like"),
        ("nan", "write it like"), ("inf mm", "write it like"), ("1e999m", "is no unit"), ("0x10mm", "is no unit"),
        ("17,5mm", "write a point"), ("−5mm", "write it like"), ("٥mm", "write it like"), ("⁵mm", "write it like"),
        ("５mm", "write it like"), ("5\nmm\nx", "write it like"), ("9" * 13, "write it like"),
        ("5" + "\"'\\" * 18, "is no unit"), ("\x00", "write it like"),
        ("\ud800mm", "write it like"), ("5\ud800", "is no unit"), ("5\u202emm", "is no unit"),
    ],
)  # fmt: skip
def test_wrong_lengths_are_refused_with_a_hint(text: str, hint: str) -> None:
    assert hint in refusal(units.length_m, text)


@pytest.mark.parametrize(
    ("value_m", "text"),
    [
        (0.121, "121 mm"), (56e-6, "56 µm"), (0.0005, "500 µm"), (0.001, "1 mm"), (0.1205, "120.5 mm"), (0, "0 µm"),
        (1.5, "1500 mm"), (412.5, "412.5 m"), (-56e-6, "-56 µm"), (0.4e-6, "0.4 µm"),
    ],
)  # fmt: skip
def test_length_text(value_m: float, text: str) -> None:
    assert units.length_text(value_m) == text


@settings(deadline=None)
@given(st.floats(1e-9, 1e4))
def test_length_text_reads_back(value_m: float) -> None:
    assert units.length_m(units.length_text(value_m)) == pytest.approx(value_m, rel=5.1e-4)


# --- times -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [
        ("90", 90), ("90s", 90), ("90 sec", 90), ("1:30", 90), ("01:30", 90), ("1:30.5", 90.5), ("1:5", 65),
        ("90:00", 5400),
        ("1:02:03", 3723), ("1.5 min", 90), ("1.5m", 90), ("2h", 7200), ("250ms", 0.25), ("0", 0), ("0:00", 0),
        (" 1:30 ", 90), ("90 S", 90), ("1.5MIN", 90), (".5", 0.5),
    ],
)  # fmt: skip
def test_times(text: str, expected_s: float) -> None:
    assert units.time_s(text) == pytest.approx(expected_s, rel=1e-15, abs=0)


def test_every_time_unit_is_understood() -> None:
    for unit, size_s in units.TIME_S.items():
        assert units.time_s(f"2.5 {unit}") == pytest.approx(2.5 * size_s, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1:60", "60 seconds"), ("1:99.9", "60 seconds"), ("1:60:00", "60 minutes"), ("-5s", "cannot be negative"),
        ("-1:30", "is no unit"), ("1:", "is no unit"), (":30", "write it like 90s"), ("1:2:3:4", "is no unit"),
        ("90 seconds", "did you mean sec?"), ("1h30m", "is no unit"), ("3 minutes", "did you mean min?"),
        ("soon", "write it like"), ("", "write it like"), ("1:٣٠", "is no unit"), ("1,5 min", "write a point"),
        ("99999:00", "is no unit"),
    ],
)  # fmt: skip
def test_wrong_times_are_refused_with_a_hint(text: str, hint: str) -> None:
    assert hint in refusal(units.time_s, text)


@pytest.mark.parametrize(
    ("value_s", "text"),
    [(0, "0.0 s"), (12.5, "12.5 s"), (59.94, "59.9 s"), (59.96, "1:00.0"), (190.2, "3:10.2"), (3600, "60:00.0"),
     (119.96, "2:00.0")],
)  # fmt: skip
def test_time_text(value_s: float, text: str) -> None:
    assert units.time_text(value_s) == text


@settings(deadline=None)
@given(st.floats(0, 500_000))
def test_time_text_reads_back(value_s: float) -> None:
    assert units.time_s(units.time_text(value_s)) == pytest.approx(value_s, abs=0.0501)


# --- speeds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("16", Fraction(50, 3)), ("16 2/3", Fraction(50, 3)), ("16⅔", Fraction(50, 3)), ("16.67", Fraction(50, 3)),
        ("16.7", Fraction(50, 3)), ("33", Fraction(100, 3)), ("33 1/3", Fraction(100, 3)),
        ("33-1/3", Fraction(100, 3)),
        ("33⅓", Fraction(100, 3)), ("33 ⅓", Fraction(100, 3)), ("33.3", Fraction(100, 3)),
        ("33.33", Fraction(100, 3)),
        ("33.333333333", Fraction(100, 3)), ("100/3", Fraction(100, 3)), ("33.0", Fraction(100, 3)),
        ("45", Fraction(45)),
        ("45.0", Fraction(45)), ("45rpm", Fraction(45)), ("45 RPM", Fraction(45)), ("78", Fraction(78)),
        (" 78 r/min ", Fraction(78)), ("78 turns/min", Fraction(78)), ("78.00", Fraction(78)),
        ("78.26", Fraction(3600, 46)),
        ("78.260", Fraction(3600, 46)), ("77.92", Fraction(6000, 77)), ("78.2", Fraction(391, 5)),
        ("3600/46", Fraction(3600, 46)),
        ("6000/77", Fraction(6000, 77)), ("80½", Fraction(161, 2)), ("71.29", Fraction(7129, 100)),
        ("33.4", Fraction(167, 5)),
        ("32", Fraction(32)), ("1", Fraction(1)), ("1000", Fraction(1000)), ("22¼", Fraction(89, 4)),
        ("22¾ rpm", Fraction(91, 4)),
    ],
)  # fmt: skip
def test_speeds_are_exact(text: str, expected: Fraction) -> None:
    assert units.rpm(text) == expected


def test_every_named_speed_stands_for_its_fraction() -> None:
    expected = {
        "16": Fraction(50, 3), "33": Fraction(100, 3), "45": Fraction(45), "78": Fraction(78),
        "78.26": Fraction(3600, 46), "77.92": Fraction(6000, 77),
    }  # fmt: skip
    assert expected == units.SPEEDS
    for name, speed in expected.items():
        assert units.rpm(name) == speed
        assert abs(float(name) - float(speed)) < 0.7


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "write it like 78"), ("fast", "write it like 78"), ("0", "from 1 to 1000"), ("0.99", "from 1 to 1000"),
        ("1001", "from 1 to 1000"), ("99999", "write it like"), ("-78", "write it like"), ("+78", "write it like"),
        ("1/0", "write it like"), ("78 1/0", "write it like"), ("0/1", "from 1 to 1000"), ("⅓", "from 1 to 1000"),
        ("78⅓⅓", "write it like"), ("78 Hz", "write it like"), ("33,3", "write it like"), ("1e2", "write it like"),
        ("nan", "write it like"), ("٣٣", "write it like"), ("78 rpm rpm", "write it like"),
        ("999999/1", "from 1 to 1000"), ("78\n78", "write it like"),
    ],
)  # fmt: skip
def test_wrong_speeds_are_refused_with_a_hint(text: str, hint: str) -> None:
    assert hint in refusal(units.rpm, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(78), "78"), (Fraction(100, 3), "33⅓"), (Fraction(50, 3), "16⅔"), (Fraction(45), "45"),
        (Fraction(3600, 46), "78.26"), (Fraction(6000, 77), "77.92"), (Fraction(161, 2), "80½"),
        (Fraction(7129, 100), "71.29"),
    ],
)  # fmt: skip
def test_rpm_text_reads_back_exactly(value: Fraction, text: str) -> None:
    assert units.rpm_text(value) == text
    assert units.rpm(text) == value


@settings(deadline=None)
@given(st.integers(100, 100_000))
def test_rpm_text_reads_back_for_every_hundredth(hundredths: int) -> None:
    """Whatever speed is asked for in hundredths is shown as it was asked for."""
    value = units.rpm(f"{hundredths / 100:.2f}")
    assert units.rpm(units.rpm_text(value)) == value


# --- levels and resolutions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("-6", "db", -6), ("-6dB", "db", -6), ("-6 db", "db", -6), ("+3 DB", "db", 3), ("0", "db", 0),
        ("7cm/s", "velocity", 0.07),
        ("0.07 m/s", "velocity", 0.07), ("70mm/s", "velocity", 0.07), ("7 CM/S", "velocity", 0.07),
        ("60um", "displacement", 60e-6), ("60 µm", "displacement", 60e-6), ("60μm", "displacement", 60e-6),
        ("0.06mm", "displacement", 60e-6), ("400nm", "displacement", 4e-7), ("-120", "db", -120), ("60", "db", 60),
    ],
)  # fmt: skip
def test_levels(text: str, quantity: str, value: float) -> None:
    level = units.level(text)
    assert level.quantity == quantity
    assert level.value == pytest.approx(value, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("loud", "-6dB, 7cm/s, 60um or auto"), ("", "-6dB"), ("-6 dBFS", "did you mean db?"),
        ("7 km/h", "is no unit of level"),
        ("-121", "between -120 and 60"), ("61 dB", "between -120 and 60"), ("0um", "more than zero"),
        ("-7cm/s", "more than zero"),
        ("7in", "is no unit of level"), ("−6 dB", "write it like"), ("-6,5 dB", "write a point"),
    ],
)  # fmt: skip
def test_wrong_levels_are_refused_with_a_hint(text: str, hint: str) -> None:
    assert hint in refusal(units.level, text)


@pytest.mark.parametrize(("text", "dpi"), [("600", 600), ("600dpi", 600), ("1200 DPI", 1200), ("40dpmm", 1016)])
def test_resolutions(text: str, dpi: float) -> None:
    assert units.dots_per_m(text) == pytest.approx(dpi / 25.4e-3, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("fine", "600dpi"), ("0", "between 10 and 20000"), ("-600", "between"), ("1e9", "between"),
     ("600 dots", "known are dpi, dpmm"),
     ("600 lpi", "did you mean dpi?")],
)  # fmt: skip
def test_wrong_resolutions_are_refused_with_a_hint(text: str, hint: str) -> None:
    assert hint in refusal(units.dots_per_m, text)


# --- whatever the text is ----------------------------------------------------------------------------------------

# Digits of other scripts, superscripts, fractions and signs among letters of the units: near misses, not noise.
_NEAR = st.text(string.digits + " .,:/-+eE⅓½²٣５①µμumincdbsrph\"'\\\n\t\u202f\ud800", max_size=24)
_JOINED = st.tuples(
    st.one_of(st.from_regex(r"[-+]?\d{1,20}(\.\d{0,20})?([eE][-+]?\d{1,4})?", fullmatch=True), _NEAR),
    st.sampled_from([*units.LENGTH_M, *units.TIME_S, *units.VELOCITY_M_S, "dB", "rpm", "dpi", "", " 1/3", ":30"]),
).map("".join)
_LONG = st.builds(lambda piece, times: piece * times, st.text(min_size=1, max_size=3), st.integers(1, 30_000))


@pytest.mark.parametrize("what", PARSERS)
@settings(deadline=None)
@given(text=st.one_of(st.text(), _NEAR, _JOINED, _LONG))
@example(text="1" * 5000)
@example(text="1." + "1" * 5000)
@example(text="1e" + "9" * 5000)
@example(text="1/" + "1" * 5000)
@example(text="²")
@example(text="१२")
def test_any_text_is_a_finite_number_or_one_short_line(what: str, text: str) -> None:
    try:
        value = PARSERS[what](text)
    except UnitError as why:
        message = str(why)
        assert message.isprintable()
        assert len(message) < 200
    else:
        assert math.isfinite(number(value))
        assert re.search(r"[0-9⅓⅔½¼¾]", text)


@pytest.mark.parametrize("what", PARSERS)
def test_a_megabyte_is_refused_like_any_other_text(what: str) -> None:
    """A pattern that backtracks, or a search for a near unit, would take hours here."""
    megabyte = 1_000_000
    for begin, middle, end in ("9 9", "5 x", "5mm", "\\\\\\", "10s", "7 8", "/1/", ",,,", ":0:"):
        text = begin + middle * megabyte + end
        assert "write it like" in refusal(PARSERS[what], text)


def test_a_unit_error_is_a_value_error_and_ours() -> None:
    assert issubclass(UnitError, ValueError)
    assert issubclass(UnitError, BonemusicError)


@settings(deadline=None)
@given(st.text(), st.integers(1, 100))
def test_shown_is_short_and_printable(text: str, most: int) -> None:
    said = units.shown(text, most)
    assert said.isprintable()
    assert len(said) <= most + 3
    assert ("…'" in said[-2:]) == (len(text) > most) or text.endswith("…")
