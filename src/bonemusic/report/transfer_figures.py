"""How sure a side was read, turn by turn, and what its sound is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..workshop.likely import FALL_DB, HIGHEST_HZ, LOWEST_HZ, typical_db
from ..workshop.reports import TransferReport
from ..workshop.transferred import Seen
from .plots import COLOURS, as_svg, drawing, panel
from .words import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_GAP_S = 1e-4
"""Where the scale of gaps begins."""
DEEPEST_DB = -90.0


def confidence(report: TransferReport, seen: Seen) -> str:
    """How sure the track is over the turns, and how long the gaps are; twice, for wide pages and for narrow ones."""
    if not len(seen.turns):
        return ""
    label = (
        f"How sure the track is from the rim to the label: {number(report.confidence, 2)} in the mean, "
        f"{number(report.unsure_percent, 2)} % of it below one half; and {report.gaps} gaps, "
        f"{number(report.mended_seconds, 2)} s mended and {number(report.missing_seconds, 2)} s missing."
    )
    return _confidence(seen, True, label) + _confidence(seen, False, label)


def _confidence(seen: Seen, wide: bool, label: str) -> str:
    with drawing(10 if wide else 4.6, 4.2 if wide else 5, 10 if wide else 12) as figure:
        sure, gaps = figure.subplots(2, 1, sharex=True, height_ratios=(1.3, 1))
        panel(sure, "How sure the track is; shaded: down to its least sure 2 %")
        sure.fill_between(seen.turns, seen.least, seen.confidence, color=COLOURS["first"], alpha=0.3, linewidth=0)
        sure.plot(seen.turns, seen.confidence, color=COLOURS["first"], linewidth=1.4)
        sure.set_ylim(0, 1.03)
        sure.set_yticks([0, 0.5, 1])
        sure.tick_params(axis="x", labelbottom=False)
        _gaps(gaps, seen)
        gaps.set_xlim(0, max(float(seen.turns[-1]), 1e-3))
        gaps.set_xlabel("turns from the beginning")
        size = "wide" if wide else "narrow"
        return as_svg(figure, f"c{size[0]}", f"plot only-{size}", label)


def _gaps(axes: Axes, seen: Seen) -> None:
    """Each gap as a needle as high as it is long."""
    panel(axes, "Gaps, length in milliseconds")
    axes.set_yscale("log")
    if len(seen.gaps):
        long = np.maximum(seen.gaps[:, 1], LEAST_GAP_S * 1.3) * 1e3
        axes.vlines(seen.gaps[:, 0], LEAST_GAP_S * 1e3, long, color=COLOURS["hot"], linewidth=1.1)
        top = max(10.0, float(long.max()) * 1.5)
    else:
        top = 10.0
    axes.set_ylim(LEAST_GAP_S * 1e3, top)
    ticks = [t for t in (0.1, 1.0, 10.0, 100.0, 1000.0) if t <= top]
    axes.set_yticks(ticks, [f"{t:g}" for t in ticks])
    axes.set_yticks([], minor=True)


def spectra(report: TransferReport, seen: Seen) -> str:
    """Thirds of an octave of the flat transfer and of the equalised copy, and what lies below them."""
    if not len(seen.heard) or not len(seen.flat):
        return ""
    scanned = ", also as they were scanned" if report.noise_turned_down else ""
    label = (
        f"Levels in thirds of an octave, 0 dB being 5 cm/s: of the flat transfer, under the curve {report.curve}, in "
        f"the quietest tenth of all moments{scanned}, and of music in general, which falls by {FALL_DB:g} dB an octave."
    )
    return _spectra(report, seen, True, label) + _spectra(report, seen, False, label)


def _spectra(report: TransferReport, seen: Seen, wide: bool, label: str) -> str:
    with drawing(10 if wide else 4.6, 4.6 if wide else 5, 10 if wide else 12) as figure:
        axes = figure.subplots()
        panel(axes, "Level in thirds of an octave, dB re 5 cm/s")
        axes.set_xscale("log")
        f = seen.heard.centre_hz
        lines: list[tuple[Any, Any, str, Any, str]] = [
            (seen.flat.centre_hz, seen.flat.mean_db, "third", (0, (1, 1.4)), "flat transfer"),
            (f, seen.heard.mean_db, "first", "-", f"under {report.curve}"),
            (f, seen.heard.quiet_db, "soft", (0, (5, 2)), "quietest tenth"),
        ]
        if report.noise_turned_down:
            lines.append((seen.flat.centre_hz, seen.scanned_db, "soft", (0, (5, 2, 1, 2)), "quietest, as scanned"))
        for at, level, name, stroke, told in lines:
            axes.plot(at, level, color=COLOURS[name], linestyle=stroke, label=told)
        inside = (f >= LOWEST_HZ * 0.99) & (f <= HIGHEST_HZ * 1.01)
        if inside.any():
            usual = typical_db(f[inside])
            usual += float(np.mean(seen.heard.mean_db[inside] - usual))
            axes.plot(f[inside], usual, color=COLOURS["second"], linewidth=4, alpha=0.5, label="music in general")
        every = np.concatenate([level for _, level, *_ in lines])
        top = 10 * np.ceil(every.max() / 10) + 2
        axes.set_ylim(max(10 * np.floor(every.min() / 10), DEEPEST_DB, top - 90), top)
        axes.grid(axis="x")
        ticks = [t for t in (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000) if f[0] * 0.8 <= t <= f[-1] * 1.25]
        axes.set_xticks(ticks, [f"{t}" if t < 1000 else f"{t // 1000}k" for t in ticks])
        axes.set_xticks([], minor=True)
        axes.set_xlabel("Hz")
        figure.legend(loc="outside lower center", ncols=5 if wide else 2, frameon=False, handlelength=2.6)
        size = "wide" if wide else "narrow"
        return as_svg(figure, f"s{size[0]}", f"plot only-{size}", label)
