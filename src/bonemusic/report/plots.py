"""Matplotlib's figures made fit to stand within a page: small, the same every time, in the page's own colours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import OutputError
from .words import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {
    "ink": "#010101",
    "soft": "#020202",
    "line": "#030303",
    "first": "#040404",
    "second": "#050505",
    "third": "#060606",
    "hot": "#070707",
    "panel": "#080808",
}
"""What is drawn with; on the page each becomes the style sheet's colour of that name, light or dark."""
STYLES = (("first", "-"), ("second", (0, (5, 2))), ("third", (0, (1, 1.4))))
"""Colour and stroke of lines that are compared: the stroke alone tells them apart."""


@contextmanager
def drawing(width_in: float, height_in: float, font_pt: float) -> Iterator[Figure]:
    """A figure to draw on, with matplotlib's own defaults whatever a user has set.

    Raises
    ------
    OutputError
        Matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as why:
        raise OutputError(
            "a report has figures, and these need matplotlib, which is not installed: pip install 'bonemusic[report]'"
        ) from why
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # type: ignore[no-untyped-call, unused-ignore]
        matplotlib.rcParams.update(
            {
                "svg.fonttype": "none",
                "svg.hashsalt": "bonemusic",
                "text.parse_math": False,
                "axes.unicode_minus": True,
                "font.size": font_pt,
                "text.color": COLOURS["ink"],
                "axes.edgecolor": COLOURS["line"],
                "axes.labelcolor": COLOURS["soft"],
                "xtick.color": COLOURS["line"],
                "ytick.color": COLOURS["line"],
                "xtick.labelcolor": COLOURS["soft"],
                "ytick.labelcolor": COLOURS["soft"],
                "xtick.major.size": 0,
                "ytick.major.size": 0,
                "grid.color": COLOURS["line"],
                "grid.linewidth": 0.7,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.spines.left": False,
                "lines.linewidth": 1.6,
                "lines.solid_joinstyle": "round",
            }
        )
        yield Figure(figsize=(width_in, height_in), layout="constrained")


def as_svg(figure: Figure, key: str, kind: str, label: str) -> str:
    """The figure as an SVG element for a page.

    Parameters
    ----------
    figure : matplotlib Figure
    key : str
        Letters and digits, another for each figure of a page: keeps apart what the figures refer to.
    kind : str
        CSS classes.
    label : str
        What the figure shows, for those who do not see it; plain text.
    """
    raw = io.BytesIO()
    figure.savefig(raw, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    made = raw.getvalue().decode("utf-8")
    made = made[made.index("<svg") :]
    made = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", made, flags=re.DOTALL)
    named = set(re.findall(r"#([\w.]+)\b", made))
    made = re.sub(r" id=\"([^\"]*)\"", lambda m: f' id="{key}{m[1]}"' if m[1] in named else "", made)
    made = re.sub(r"(xlink:href=\"#|url\(#)", rf"\g<1>{key}", made).replace("xlink:href", "href")
    made = re.sub(r"(\d\.\d\d)\d+", r"\1", made)
    made = re.sub(r"font-family: [^;\"]*", "font-family: var(--sans)", made)
    for name, sign in COLOURS.items():
        made = made.replace(sign, f"var(--{name})")
    made = re.sub(r"\s*\n\s*", " ", made).replace(" <", "<").replace("<g/>", "")
    view = re.search(r"viewBox=\"[^\"]*\"", made)
    assert view is not None  # matplotlib always writes one
    body = made[made.index(">") + 1 :].rstrip()
    return f'<svg class="{kind}" role="img" aria-label="{text(label)}" {view[0]}>{body}\n'


def panel(axes: Axes, title: str) -> None:
    """One panel in the page's manner: its name over it, quiet lines across, nothing around."""
    axes.set_title(title, loc="left", fontsize="medium", color=COLOURS["soft"], pad=6)
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def clock_ticks(axes: Axes, until_s: float, most: int) -> None:
    """Times along the x axis, at whole minutes or steps that people count in, so many at most."""
    step = next((s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200) if until_s / s < most), 3600)
    at = np.arange(0, until_s + step / 1e6, step)
    axes.set_xticks(at, [f"{int(s) // 60}:{int(s) % 60:02d}" for s in at])


def thinned(x: NDArray[Any], y: NDArray[Any], count: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """No more than `count` stretches of a line, each by its least and greatest value, so that no peak is lost."""
    n = len(x)
    if n <= 2 * count:
        return np.asarray(x, np.float64), np.asarray(y, np.float64)
    starts = np.linspace(0, n, count, endpoint=False).astype(np.int64)
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return np.repeat(np.asarray(x, np.float64)[starts], 2), np.stack([low, high], 1).ravel().astype(np.float64)


def spread(wanted: NDArray[Any], least: float) -> NDArray[Any]:
    """Places for labels: as near to where they are wanted as `least` from one to the next allows, in the same order.

    Each group that would touch is laid out evenly around its own mean. Where they are wanted must be sorted.
    """
    groups: list[tuple[float, int]] = []  # mean of (wanted - own place within the group), count
    for place in np.asarray(wanted, np.float64):
        mean, count = float(place), 1
        while groups and groups[-1][0] + (groups[-1][1] - 1) / 2 * least + least > mean - (count - 1) / 2 * least:
            before, number = groups.pop()
            mean, count = (before * number + mean * count) / (number + count), number + count
        groups.append((mean, count))
    return np.concatenate(
        [mean + least * (np.arange(count) - (count - 1) / 2) for mean, count in groups] or [np.zeros(0)]
    )
