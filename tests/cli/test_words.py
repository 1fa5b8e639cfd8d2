"""A check in a terminal: lines that it cannot be taken over by, and columns that stand under each other."""

from __future__ import annotations

import dataclasses

import pytest

from bonemusic.cli.words import WIDE, _size, of_check
from bonemusic.workshop.checked import CheckReport

from ..report.sides import BAD, HOSTILE, REPORT, SIDE, SILENT, UNPLACED


def lines(report):
    return of_check(report).replace("\xa0", " ").split("\n")


def test_a_check_as_it_stands_in_a_terminal():
    told = lines(REPORT)
    assert told[0] == "Knolls and minstrels: it fits"
    assert told[2] == "side A, 12in-33, 33⅓ rpm: fits"
    assert "  > cut the s of ‘stone’ by 2 dB" in told
    assert "  A1  Knolls     0:00    3:00    −14.2 LUFS  −0.3 dBTP  140.0 to 130.0 mm" in told
    assert "  A2  Minstrels  3:00    3:00    silence                130.0 to 100.0 mm" in told
    assert "  land       −3.2 dB           wall left between the turns" in told
    assert "held back, 1.3 % of the time" in told
    assert not any("bass to mono" in line for line in told)
    assert "  middle  120.0 mm  13.2 kHz                   1.7 %" in told
    assert "  lp-18       8 kHz  −26.1 dB  −66.3 dB" in told
    assert "  1  sibilance  Minstrels  1:30.5  115 mm  +4.6 dB" in told
    assert "needle: 20 mN hold the needle with 4.1 dB to spare" in told
    assert "cutter head: the coils stay 3.1 dB under what they stand" in told


def test_columns_stand_under_each_other():
    told = lines(REPORT)
    head, first, second = told[told.index("songs") + 1 :][:3]
    for word, *cells in (("song", "Knolls", "Minstrels"), ("begins", "0:00", "3:00"), ("from", "140.0", "130.0")):
        assert [line.index(cell) for line, cell in zip((first, second), cells, strict=True)] == [head.index(word)] * 2
    assert max(map(len, told)) <= WIDE


def test_tables_of_nothing_are_left_out():
    told = lines(CheckReport("Nothing", (SILENT,), ()))
    assert "held back, 0.0 % of the time" not in told
    assert "listen before cutting" not in told
    assert not any(word in line for line in told for word in ("None", "nan", "cutter head"))


def test_what_does_not_fit_is_said_first():
    told = lines(CheckReport("Long", (SIDE, dataclasses.replace(UNPLACED, side="B")), ()))
    assert told[0] == "Long: side B does not fit"
    assert "side B, 12in-33, 33⅓ rpm: DOES NOT FIT" in told


@pytest.mark.parametrize("title", [HOSTILE, "a\x1b[2Jb\rc"])
def test_no_name_takes_the_terminal_over(title):
    made = of_check(CheckReport(title, (BAD,), ()))
    assert not {"\x1b", "\r", "\u202e", "\x00", "\udcff"} & set(made)
    made.encode()


def test_sizes_are_never_nothing():
    assert [_size(count) for count in (48_600, 99_000, 100_000, 5_460_000)] == [
        "48.6 kB",
        "99.0 kB",
        "0.1 MB",
        "5.5 MB",
    ]
