"""A side drawn over its time, and what will be heard of it at the rim, in the middle and at the label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..workshop.checked import Pictures, Place, SideCheck
from .plots import COLOURS, STYLES, as_svg, clock_ticks, drawing, panel, spread, thinned
from .words import time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUIET_LUFS = -70.0
"""The gate of ITU-R BS.1770-4: what lies below counts as silence."""
POINTS = 500
LEAST_THD, MOST_THD = 0.01, 100.0
DEEPEST_DB = -24.0


def timeline(side: SideCheck, shown: Pictures) -> str:
    """Loudness with the moments that were touched, swing, pitch and radius over the side's time.

    Drawn twice, for wide pages and for narrow ones; the style sheet shows one. Empty where there is nothing to draw.
    """
    if not len(shown.times_s) or not len(shown.turns):
        return ""
    label = (
        f"Side {side.side} over its {time(side.seconds)}: loudness with the songs, the hot spots and the moments that "
        f"mastering touched; the swing of the groove; the pitch, from {side.least_pitch_um:.0f} to "
        f"{side.greatest_pitch_um:.0f} µm; and the radius, from {side.music_outer_radius_mm:.1f} to "
        f"{side.music_inner_radius_mm:.1f} mm."
    )
    return _timeline(side, shown, True, label) + _timeline(side, shown, False, label)


def _timeline(side: SideCheck, shown: Pictures, wide: bool, label: str) -> str:
    with drawing(10 if wide else 4.6, 6.4 if wide else 7.6, 10 if wide else 12) as figure:
        rows = figure.subplots(4, 1, sharex=True, height_ratios=(1.5, 1, 1, 1))
        loud, swing, pitch, radius = rows
        until = max(float(shown.times_s[-1]), side.seconds, 1e-3)
        _loudness(loud, side, shown, until, wide)
        _swing(swing, shown)
        _pitch(pitch, shown, side)
        _radius(radius, shown)
        for axes in rows:
            axes.set_xlim(0, until)
            axes.tick_params(axis="x", labelbottom=axes is radius)
            for at, _ in shown.marks[1:]:
                axes.axvline(at, color=COLOURS["soft"], linewidth=0.8, linestyle=(0, (2, 2)))
        clock_ticks(radius, until, 12 if wide else 6)
        size = "wide" if wide else "narrow"
        return as_svg(figure, f"t{side.side}{size[0]}", f"plot only-{size}", label)


def _loudness(axes: Axes, side: SideCheck, shown: Pictures, until: float, wide: bool) -> None:
    heard = np.fmax(np.asarray(shown.loudness_db, np.float64), QUIET_LUFS)
    top = np.ceil(heard.max() / 6 + 0.5) * 6
    bottom = min(max(QUIET_LUFS, np.floor(np.percentile(heard, 3) / 6) * 6 - 6), top - 18)
    panel(
        axes,
        "Loudness over 3 s, LUFS" + ("; in the lane below it: moments held back" if wide else "; below: held back"),
    )
    x, y = thinned(shown.times_s, heard, POINTS)
    axes.plot(x, np.maximum(y, bottom), color=COLOURS["first"], linewidth=1.4)
    lane = bottom - (top - bottom) * 0.07
    axes.axhline(bottom, color=COLOURS["line"], linewidth=0.8)
    x = _stretches(shown.touched_s, until / (1200 if wide else 500))
    axes.plot(x, np.full(len(x), lane), color=COLOURS["hot"], linewidth=7, solid_capstyle="butt")
    room = (top - bottom) * 0.2
    _songs(axes, side, shown, until, top + room * 0.25)
    _spots(axes, side, until, top + room, top, 0.025 if wide else 0.06)
    axes.set_ylim(lane - (top - bottom) * 0.07, top + room * 1.6)
    axes.set_yticks(np.arange(top, bottom - 1, -12 if top - bottom > 24 else -6))


def _songs(axes: Axes, side: SideCheck, shown: Pictures, until: float, height: float) -> None:
    starts = [at for at, _ in shown.marks]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], until], strict=True), 1):
        if end - start > until * 0.04:
            axes.text(start + until * 0.006, height, f"{side.side}{number}", color=COLOURS["soft"], va="center")


def _spots(axes: Axes, side: SideCheck, until: float, height: float, foot: float, least: float) -> None:
    """The numbers of the hot spots, kept apart, each with a line down to its moment."""
    times = np.array([spot.side_s for spot in side.spots])
    order = np.argsort(times, kind="stable")
    places = np.clip(spread(times[order], least * until), least / 2 * until, (1 - least / 2) * until)
    for place, number in zip(places, order, strict=True):
        axes.plot([place, times[number]], [height, foot], color=COLOURS["hot"], linewidth=0.9)
        axes.text(
            place, height, f"{number + 1}", color=COLOURS["panel"], ha="center", va="center", fontweight="bold",
            fontsize="small", bbox={"boxstyle": "circle,pad=0.22", "fc": COLOURS["hot"], "ec": COLOURS["hot"]},
        )  # fmt: skip


def _stretches(touched_s: NDArray[Any], least_s: float) -> NDArray[Any]:
    """Beginnings and ends with gaps between, as one line; each wide enough to be seen, those that touch joined."""
    joined: list[list[float]] = []
    for start, end in np.asarray(touched_s, np.float64).reshape(-1, 2):
        end = max(end, start + least_s)
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return np.array([value for start, end in joined for value in (start, end, np.nan)])


def _swing(axes: Axes, shown: Pictures) -> None:
    panel(axes, "Swing of the groove to either side, µm")
    x, y = thinned(shown.times_s, np.asarray(shown.swing_m) * 1e6, POINTS)
    axes.fill_between(x, y, color=COLOURS["first"], alpha=0.55, linewidth=0)
    axes.set_ylim(0, max(1.0, float(y.max()) * 1.08))


def _pitch(axes: Axes, shown: Pictures, side: SideCheck) -> None:
    panel(axes, "From turn to turn, µm")
    music = (shown.turn_times_s >= 0) & (shown.turn_times_s <= side.seconds)
    if not music.any():
        return
    x, y = thinned(shown.turn_times_s[music], shown.pitch_m[music] * 1e6, POINTS)
    axes.plot(x, y, color=COLOURS["second"], linewidth=1.3)
    # between songs the pitch is ten times as wide: the music is what is to be seen
    top = max(float(np.percentile(y, 98)) * 1.25, side.mean_pitch_um * 1.5)
    axes.set_ylim(0, min(top, float(y.max()) * 1.08))


def _radius(axes: Axes, shown: Pictures) -> None:
    panel(axes, "Radius, mm; dashed: as far in as music may lie")
    x, y = thinned(shown.turn_times_s, shown.radius_m * 1e3, POINTS)
    axes.plot(x, y, color=COLOURS["third"])
    least = shown.music_inner_m * 500
    axes.axhline(least, color=COLOURS["hot"], linewidth=1.2, linestyle=(0, (5, 3)))
    axes.set_ylim(least - 0.12 * (shown.recorded_m * 500 - least), shown.recorded_m * 500)


def response(side: SideCheck) -> str:
    """How loud each frequency comes back at the places told of."""

    def draw(axes: Axes) -> None:
        least = min((gain for place in side.predicted for _, gain in place.response if np.isfinite(gain)), default=0.0)
        axes.set_ylim(max(DEEPEST_DB, min(-9.0, 3 * np.floor(least / 3))) - 1, 4)
        axes.set_yticks(np.arange(0, axes.get_ylim()[0], -6))

    return _compared(
        side, "response", "Response, dB", lambda place: place.response, draw, (20, 20000),
        lambda place: f"{place.name} to {place.bandwidth_hz / 1e3:.3g} kHz",
    )  # fmt: skip


def distortion(side: SideCheck) -> str:
    """How much the needle adds of what is not in the song, tone by tone, at the places told of."""

    def draw(axes: Axes) -> None:
        axes.set_yscale("log")
        axes.set_ylim(LEAST_THD, MOST_THD)
        axes.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
        axes.set_yticks([], minor=True)

    return _compared(
        side, "distortion", "Distortion of a tone as loud as the side, %",
        # what lies below the figure is drawn there: a scale of decades has no place for none
        lambda place: [(hz, max(thd, LEAST_THD / 10)) for hz, thd in place.distortion], draw,
        (200, 20000),
        lambda place: f"{place.name} at most {max((thd for _, thd in place.distortion), default=0.0):.2g} %",
    )  # fmt: skip


def _compared(
    side: SideCheck,
    name: str,
    title: str,
    rows: Callable[[Place], Sequence[tuple[float, float]]],
    draw: Callable[[Axes], None],
    span_hz: tuple[float, float],
    told: Callable[[Place], str],
) -> str:
    """One line for each place over frequency; empty where no place tells anything."""
    places = [place for place in side.predicted if rows(place)]
    if not places:
        return ""
    with drawing(4.6, 3.3, 9.5) as figure:
        axes = figure.subplots()
        panel(axes, title)
        axes.set_xscale("log")
        for place, (colour, stroke) in zip(places, STYLES, strict=False):
            at, value = np.array(rows(place), np.float64).T
            axes.plot(at, value, color=COLOURS[colour], linestyle=stroke, label=place.name)
        axes.grid(axis="x")
        axes.set_xlim(span_hz)
        ticks = [f for f in (20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000) if f >= span_hz[0]]
        axes.set_xticks(ticks, [f"{f}" if f < 1000 else f"{f // 1000}k" for f in ticks])
        axes.set_xticks([], minor=True)
        axes.tick_params(axis="x", pad=7)
        draw(axes)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3, frameon=False, handlelength=2.6)
        return as_svg(figure, f"{name[0]}{side.side}", "plot", f"{title}: {', '.join(map(told, places))}.")
