"""The card's layers: within the sheet, apart from each other, on the machine's grid, each setting told apart."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re

import numpy as np
import pytest

from bonemusic import presets
from bonemusic.errors import FitError
from bonemusic.testcard import card as cards
from bonemusic.testcard import corners, middle, ring, trials
from bonemusic.testcard.frame import SIDE_M, card_of

DISC, FILM = card_of(presets.disc("card-5in-78")), presets.sheet("x-ray-film")
SWING = 0.05 / (2 * math.pi * 1000)
LASER, CNC, PLOTTER = presets.machine("laser-1200"), presets.machine("cnc"), presets.machine("plotter")
NAMES = presets.names("machines")
CELL = 0.4e-3
"""What is drawn lies further apart than this."""


def card(machine):
    return cards.card(machine, DISC, FILM, SWING, "5 cm/s")


def cells(lines, circles=()):
    """The cells of a grid that lines pass through."""
    found = set()
    round_lines = (
        np.array([c.x_m, c.y_m]) + c.radius_m * np.stack([np.cos(a), np.sin(a)], 1)
        for c in circles
        for a in [np.linspace(0, 2 * math.pi, 721)]
    )
    for line in itertools.chain(lines, round_lines):
        for a, b in itertools.pairwise(line):
            steps = max(1, math.ceil(math.dist(a, b) / (CELL / 3)))
            way = a + np.linspace(0, 1, steps + 1)[:, None] * (b - a)
            found |= set(map(tuple, np.floor(way / CELL).astype(int).tolist()))
    return found


def spread(found):
    return {(x + i, y + j) for x, y in found for i in (-1, 0, 1) for j in (-1, 0, 1)}


@pytest.fixture
def words(monkeypatch):
    """The lines of each call for words, kept while a card is drawn."""
    kept = []
    for module, name in ((corners, "text"), (middle, "text"), (middle, "around"), (ring, "around")):
        own = getattr(module, name)

        def keeping(said, *args, own=own, **more):
            lines = own(said, *args, **more)
            kept.append((said, lines))
            return lines

        monkeypatch.setattr(module, name, keeping)
    return kept


@pytest.mark.parametrize("name", NAMES)
def test_all_lies_within_the_sheet_and_out_of_the_groove(name) -> None:
    for layer in card(presets.machine(name)).layers:
        assert layer.reach_m < SIDE_M / 2 - 1e-3, layer.name
        for line in layer.lines:
            assert len(line) >= 2
            assert np.isfinite(line).all()
            radius = np.hypot(*line.T)
            assert radius.max() < DISC.locked_diameter_m / 2 - 1e-3 or radius.min() > 61e-3, layer.name


@pytest.mark.parametrize("machine", [LASER, CNC, PLOTTER, dataclasses.replace(LASER, name="W" * 60, kerf_m=3e-4)])
def test_nothing_overlaps(machine, words) -> None:
    drawn = card(machine)
    said = {id(line) for _, lines in words for line in lines}
    rest = [line for line in drawn.layers[0].lines if id(line) not in said]
    assert len(rest) + len(said) == len(drawn.layers[0].lines)
    items = [(layer.name, cells(layer.lines, layer.circles)) for layer in drawn.layers[1:]]
    items += [(text, cells(lines)) for text, lines in words]
    loose, seen = cells(rest), set()
    for name, mine in items:
        wide = spread(mine)
        assert not wide & seen, name
        assert name == "jig" or not wide & loose, name  # whose frames and cross belong to it
        seen |= mine


def test_a_card_has_each_part() -> None:
    drawn = card(LASER)
    names = [layer.name for layer in drawn.layers]
    patches, heights = [f"patch-{n:02}" for n in range(1, 21)], [f"height-{n}" for n in range(1, 8)]
    assert names == ["marks", *heights, "kerf", *patches, "jig"]
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)
    assert drawn.kind == "beam"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_colour_of_its_own(name) -> None:
    machine = presets.machine(name)
    own = {machine.groove_colour, machine.label_colour, machine.cut_colour}
    colours = [layer.colour for layer in card(machine).layers if layer.name.startswith(("patch", "height"))]
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert len(colours) == 27
    for a, b in itertools.combinations([*colours, *own], 2):
        apart = math.dist(*([int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in (a, b)))
        assert apart > 35, (a, b)


def test_a_machine_with_one_of_the_colours_keeps_it_for_itself() -> None:
    taken = card(LASER).layers[-2].colour
    layers = card(dataclasses.replace(LASER, groove_colour=taken)).layers
    assert [layer.name for layer in layers if layer.colour == taken] == ["kerf"]


def test_patches_are_around_the_presets_own_setting() -> None:
    patches = [layer for layer in card(LASER).layers if layer.name.startswith("patch")]
    settings = [(layer.power, layer.speed_m_s) for layer in patches]
    assert len(set(settings)) == 20
    assert settings[:5] == [(0.06, 0.2), (0.06, 0.14), (0.06, 0.1), (0.06, 0.07), (0.094, 0.2)]
    assert (LASER.groove_power, LASER.groove_speed_m_s) in settings
    mill = [(layer.depth_m, layer.speed_m_s) for layer in card(CNC).layers if layer.name.startswith("patch")]
    assert (pytest.approx(28e-6), 0.01) in mill
    assert mill[0] == (pytest.approx(14e-6), 0.02)
    assert all(layer.power is None for layer in card(CNC).layers)


@pytest.mark.parametrize("power", [0.001, 0.15, 0.4, 0.41, 0.9, 1.0, None])
@pytest.mark.parametrize(("speed", "most"), [(0.1, 0.2), (0.1, 0.1), (0.1, None), (None, 0.05), (None, None)])
def test_trials_never_ask_for_more_than_the_machine_has(power, speed, most) -> None:
    machine = dataclasses.replace(LASER, groove_power=power, groove_speed_m_s=speed, speed_m_s=most)
    tried = trials.matrix(machine, 28e-6)
    strengths = [trial.power for trial in tried[::4]]
    assert strengths == sorted(set(strengths))
    assert 0 < strengths[0] < strengths[-1] <= 1
    speeds = [trial.speed_m_s for trial in tried[:4]]
    if speed is None and most is None:
        assert speeds == [None] * 4
        assert [trial.words[1] for trial in tried[:4]] == ["100%", "70%", "50%", "35%"]
    else:
        assert speeds == sorted(set(speeds), reverse=True)
        assert speeds[0] <= 1.001 * (most or 0.2)
    assert len({trial.words for trial in tried}) == 20


def test_patches_wave_as_the_reference_tone_does() -> None:
    line = ring.arc(0.066, 0.1, 0.3, 2e-5)
    radius, angle = np.hypot(*line.T), np.arctan2(line[:, 1], line[:, 0])
    assert angle[0] == pytest.approx(0.1)
    assert angle[-1] == pytest.approx(0.3)
    assert (np.diff(angle) > 0).all()  # counter-clockwise
    waves = np.count_nonzero((radius[:-1] < 0.066) & (radius[1:] >= 0.066))
    assert waves == pytest.approx(1000 * (60 / 78) * 0.2 / (2 * math.pi), abs=1)
    assert np.ptp(radius) == pytest.approx(4e-5, rel=0.08)


@pytest.mark.parametrize("name", NAMES)
def test_points_lie_as_far_apart_as_the_machine_wants_them(name) -> None:
    machine = presets.machine(name)
    for layer in card(machine).layers:
        for line in layer.lines:
            apart = np.hypot(*np.diff(line, axis=0).T)
            assert apart.min() >= max(machine.spacing_m, 5e-5), layer.name


def test_first_patch_lies_right_of_the_top_and_they_go_clockwise() -> None:
    places = [layer.lines[0].mean(axis=0) for layer in card(LASER).layers if layer.name.startswith("patch")]
    assert places[0][0] > 0
    assert places[0][1] > 0.06
    turned = np.diff(np.unwrap([math.atan2(y, x) for x, y in places]))
    assert turned == pytest.approx(-2 * math.pi / 20)


@pytest.mark.parametrize("name", NAMES)
def test_kerf_pairs_lie_on_the_grid_each_wider_than_the_last(name) -> None:
    machine = presets.machine(name)
    distances = card(machine).kerf_m
    assert list(distances) == sorted(set(distances))
    layer = next(layer for layer in card(machine).layers if layer.name == "kerf")
    rows = [line[0, 1] / machine.step_m for line in layer.lines]
    assert rows == pytest.approx(np.round(rows), abs=1e-6)
    pairs = [abs(layer.lines[k + 1][0, 1] - layer.lines[k][0, 1]) for k in range(0, len(layer.lines), 6)]
    assert pairs == pytest.approx(distances, abs=1e-9)
    if machine.step_m < 5e-6 and not machine.name.startswith("plotter"):
        assert [round(d * 1e6, -1) for d in distances] == [40, 60, 80, 100, 120, 160, 200, 240]


def test_jig_goes_through_the_sheet_with_the_power_that_cuts() -> None:
    jig = card(LASER).layers[-1]
    assert (jig.power, jig.speed_m_s, jig.depth_m) == (LASER.cut_power, LASER.cut_speed_m_s, FILM.thickness_m)
    assert [2e3 * circle.radius_m for circle in jig.circles] == pytest.approx([7.24, 26])
    (square,) = jig.lines
    assert np.ptp(square, axis=0) == pytest.approx([0.01, 0.01])
    assert square[0] == pytest.approx(square[-1])


def test_rulers_are_true_to_size() -> None:
    lines = card(LASER).layers[0].lines
    flat = [line for line in lines if len(line) == 2 and math.dist(*line) == pytest.approx(0.1)]
    assert len(flat) == 2
    assert {tuple(np.argsort(np.ptp(line, axis=0))) for line in flat} == {(0, 1), (1, 0)}


def test_a_mill_tries_depths_and_a_plotter_notches() -> None:
    assert [height.words for height in card(CNC).heights] == ["7", "14", "21", "28", "42", "56", "84"]
    depths = [layer.depth_m for layer in card(CNC).layers if layer.name.startswith("height")]
    assert depths == pytest.approx(np.array([7, 14, 21, 28, 42, 56, 84]) * 1e-6)
    assert [height.words for height in card(PLOTTER).heights] == list("1234567")
    assert [height.words for height in card(LASER).heights] == ["-1.0", "-0.6", "-0.3", "0", "+0.3", "+0.6", "+1.0"]


@pytest.mark.parametrize("bed", [(0.179, 0.3), (0.3, 0.179), (0.1, 0.1)])
def test_a_bed_that_is_too_small_is_refused(bed) -> None:
    machine = dataclasses.replace(LASER, bed_width_m=bed[0], bed_height_m=bed[1])
    with pytest.raises(FitError, match=r"too small for the test card, 180 mm square; take"):
        card(machine)
    assert card(dataclasses.replace(LASER, bed_width_m=0.18, bed_height_m=0.18)).layers
    assert card(dataclasses.replace(LASER, bed_width_m=None, bed_height_m=None)).layers
