"""Figures of planning a side, held by a player that knows nothing of the project: time won, level won, limits kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .outsider import agree_within_1_percent, bonemusic, meets_the_bar, refplay

Made = dict[str, tuple[dict[str, Any], dict[str, Any]]]
RPM = {"10in-78": "78", "12in-33": "100/3"}


def made(shared: Path, song: Path, folder: Path, *wish: str, disc: str = "10in-78") -> tuple[dict[str, Any], Any]:
    """What a cut claims, and what the other player makes of it."""
    out = folder / "disc.svg"
    claimed = bonemusic("cut", song, "-o", out, "--disc", disc, *wish)
    heard = refplay(shared, out, RPM[disc], song)
    out.unlink()
    return claimed, heard


def width_mm(said: dict[str, Any]) -> float:
    """Of the music, as both name its ends."""
    width: float = said["music_outer_radius_mm"] - said["music_inner_radius_mm"]
    return width


def at_60_um(shared: Path, song: Path, folder: Path) -> Made:
    return {pitch: made(shared, song, folder, "--pitch", pitch, "--level", "60um") for pitch in ("variable", "fixed")}


@pytest.fixture(scope="module")
def knolls_60(shared: Path, knolls: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return at_60_um(shared, knolls, tmp_path_factory.mktemp("knolls"))


@pytest.fixture(scope="module")
def minstrels_60(shared: Path, minstrels: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return at_60_um(shared, minstrels, tmp_path_factory.mktemp("minstrels"))


@pytest.fixture(scope="module")
def knolls_mastered(
    shared: Path, knolls: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    return made(shared, knolls, tmp_path_factory.mktemp("mastered"), "--master", "auto")


def turns_by_60_um(both: Made, least: float) -> None:
    for who in (0, 1):
        assert width_mm(both["fixed"][who]) / width_mm(both["variable"][who]) >= least
    for claimed, heard in both.values():
        assert claimed["peak_displacement_um"] == pytest.approx(60, abs=0.5)
        assert heard["closest_turns_um"] >= 56 + 15
        assert 15 <= claimed["closest_land_um"] <= 16
        meets_the_bar(heard)
        # what moves slower than 12 Hz, the player takes for the spiral, and some of a varied pitch for sound
        assert heard["peak_displacement_um"] == pytest.approx(claimed["peak_displacement_um"], rel=0.015)
        agree_within_1_percent({**heard, "peak_displacement_um": claimed["peak_displacement_um"]}, claimed)


@pytest.mark.parametrize(("name", "least"), [("knolls", 1.50), ("minstrels", 1.28)])
def test_figure_width_won_as_claimed(request: pytest.FixtureRequest, tmp_path: Path, name: str, least: float) -> None:
    song = request.getfixturevalue(name)
    fixed, variable = (
        width_mm(bonemusic("cut", song, "-o", tmp_path / "disc.svg", "--pitch", pitch, "--level", "60um"))
        for pitch in ("fixed", "variable")
    )
    assert fixed / variable >= least


@pytest.mark.slow
def test_figure_knolls_takes_1_50_times_less_width_than_at_a_fixed_pitch(knolls_60: Made) -> None:
    turns_by_60_um(knolls_60, 1.50)


@pytest.mark.slow
def test_figure_minstrels_takes_1_28_times_less_width_than_at_a_fixed_pitch(minstrels_60: Made) -> None:
    turns_by_60_um(minstrels_60, 1.28)


@pytest.mark.slow
def test_variable_pitch_on_12in_33(shared: Path, knolls: Path, tmp_path: Path) -> None:
    both = {
        pitch: made(shared, knolls, tmp_path, "--pitch", pitch, "--level", "60um", disc="12in-33")
        for pitch in ("variable", "fixed")
    }
    turns_by_60_um(both, 1.3)


@pytest.mark.slow
def test_auto_pitch_fills_the_side_and_keeps_the_bar(shared: Path, knolls: Path, tmp_path: Path) -> None:
    claimed, heard = made(shared, knolls, tmp_path, "--level", "60um")
    meets_the_bar(heard)
    agree_within_1_percent(heard, claimed)
    assert heard["closest_turns_um"] >= 56 + 15
    # down to where music may end, as there is room; the widest swing there lies within
    assert claimed["music_inner_radius_mm"] == pytest.approx(47.5, abs=0.1)
    assert claimed["closest_land_um"] > 25


@pytest.mark.slow
def test_figure_auto_limiting_gives_knolls_4_db_touching_under_2_percent(
    knolls_mastered: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    claimed, _ = knolls_mastered
    assert claimed["drive_db"] >= 4
    assert 0 < claimed["touched_percent"] < 2
    spare = {row["name"]: row["spare_db"] for row in claimed["limits"]}
    assert {"land", "swing", "velocity", "slope", "curvature"} <= set(spare)
    assert all(db >= -0.01 for db in spare.values() if db is not None), spare


@pytest.mark.slow
def test_a_limited_side_is_complete_and_as_claimed(
    knolls_mastered: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    claimed, heard = knolls_mastered
    assert heard["complete"]
    assert heard["polarity"] == 1
    assert abs(heard["speed_error_ppm"]) < 20
    agree_within_1_percent(heard, claimed)
    assert heard["closest_turns_um"] >= 56 + 15


@pytest.mark.slow
def test_a_limited_side_is_as_much_louder_as_is_claimed(
    shared: Path, knolls: Path, knolls_mastered: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    plain, linear = made(shared, knolls, tmp_path)
    claimed, heard = knolls_mastered
    assert plain["drive_db"] == plain["touched_percent"] == 0
    louder = heard["gain_median"] / linear["gain_median"]
    assert louder == pytest.approx(10 ** (claimed["drive_db"] / 20), rel=0.01)
