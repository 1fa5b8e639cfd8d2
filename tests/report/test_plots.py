"""What makes figures fit for a page: labels that keep apart, lines that lose no peak, the page's own colours."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bonemusic.report.plots import COLOURS, as_svg, clock_ticks, drawing, spread, thinned


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([], []),
        ([3.0], [3.0]),
        ([0.0, 5.0], [0.0, 5.0]),
        ([1.0, 1.0], [0.5, 1.5]),
        ([0.0, 0.5, 10.0], [-0.25, 0.75, 10.0]),
        ([1.0, 1.0, 1.0, 2.2], [-0.2, 0.8, 1.8, 2.8]),
    ],
)
def test_labels_are_spread_around_where_they_are_wanted(wanted, placed):
    assert spread(np.array(wanted), 1.0) == pytest.approx(placed)


def test_spread_is_the_nearest_there_is():
    """Least squares under the least distance: against isotonic regression by pooling, done the slow way."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        wanted = np.sort(rng.uniform(0, 6, 8))
        placed = spread(wanted, 1.0)
        assert (np.diff(placed) > 1 - 1e-9).all()
        for index in range(8):
            for step in (-1e-3, 1e-3):
                moved = placed.copy()
                moved[index] += step
                if (np.diff(moved) >= 1).all():
                    assert ((moved - wanted) ** 2).sum() >= ((placed - wanted) ** 2).sum() - 1e-9


def test_thinned_lines_keep_every_peak():
    x = np.arange(10000.0)
    y = np.sin(x / 700)
    y[[1234, 7777]] = 5, -5
    thin_x, thin_y = thinned(x, y, 100)
    assert len(thin_x) == len(thin_y) == 200
    assert (thin_y.max(), thin_y.min()) == (5, -5)
    assert thin_x[np.argmax(thin_y)] == pytest.approx(1234, abs=100)
    for given, kept in zip((x[:200], y[:200]), thinned(x[:200], y[:200], 100), strict=True):
        assert np.array_equal(given, kept)


@pytest.mark.parametrize(
    ("until", "most", "shown"),
    [
        (1180, 12, ["0:00", "2:00", "4:00"]),
        (26, 6, ["0:00", "0:05", "0:10"]),
        (0.3, 6, ["0:00"]),
        (20000, 6, ["0:00", "60:00", "120:00"]),
    ],
)
def test_times_stand_at_steps_that_people_count_in(until, most, shown):
    with drawing(4, 3, 10) as figure:
        axes = figure.subplots()
        clock_ticks(axes, until, most)
        labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels[:3] == shown
    assert len(labels) <= most


def test_a_figure_for_a_page_has_the_pages_colours_its_own_names_and_its_text_as_text():
    with drawing(4, 3, 10) as figure:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=COLOURS["first"], marker="o")
        axes.set_title("$a_{ & <b>")
        made = as_svg(figure, "key", "plot", 'told "so"')
    assert made.startswith('<svg class="plot" role="img" aria-label="told &quot;so&quot;" viewBox="0 0 288 216">')
    assert "$a_{ &amp; &lt;b&gt;</text>" in made
    assert "var(--first)" in made
    assert "var(--sans)" in made
    names = re.findall(r' id="([^"]*)"', made)
    assert names
    assert all(name.startswith("key") for name in names)
    assert {*re.findall(r'href="#([^"]*)"', made), *re.findall(r"url\(#([^)]*)\)", made)} == set(names)
    assert not re.search(r"#0[0-9]0[0-9]0[0-9]|xmlns|metadata|\d\.\d{3}", made)
