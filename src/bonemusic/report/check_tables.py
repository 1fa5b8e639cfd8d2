"""The tables of a check's page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ..workshop.checked import CheckReport, SideCheck
from .verdict import LIMIT, distortion_at, frequency, is_planned, machining, percent
from .words import decibels, length, number, speed, text, time, with_unit

MOST_SPARE_DB = 12.0
"""As much room as fills the bar."""
TONES_HZ = (1000.0, 3000.0, 8000.0)


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table that scrolls within itself where the page is narrow; cells are HTML, the first of a row names it."""
    named = "".join(f'<th scope="col">{each}</th>' for each in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>\n' for row in rows
    )
    return (
        f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table class="{kind}">'
        f"<caption>{caption}</caption>\n<thead><tr>{named}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


def songs(side: SideCheck) -> str:
    """What lies where."""
    rows = [
        (
            f"<b>{text(side.side)}{index}</b> <bdi>{text(song.name)}</bdi>",
            time(song.side_s),
            time(song.seconds),
            "silence" if song.loudness_lufs is None else with_unit(song.loudness_lufs, "LUFS", 1),
            "–" if song.true_peak_db is None else with_unit(song.true_peak_db, "dBTP", 1),
            f"{number(song.outer_radius_mm, 1)} to {with_unit(song.inner_radius_mm, 'mm', 1)}",
            f"{with_unit(song.rate_hz / 1e3, 'kHz', 1)}, {_channels(song.channels)}",
        )
        for index, song in enumerate(side.songs, 1)
    ]
    head = ("Song", "begins", "length", "loudness", "true peak", "from the middle", "given as")
    return f"<h3>What lies where</h3>\n{table(f'Songs of side {text(side.side)}', head, rows, 'songs')}" if rows else ""


def _channels(count: int) -> str:
    return {1: "mono", 2: "stereo"}.get(count, f"{count} channels")


def limits(side: SideCheck) -> str:
    """How far each limit is, as a bar and a number."""
    rows = []
    for limit in side.limits:
        where = "the whole side" if limit.at_s is None else f"at {time(limit.at_s)}"
        rows.append((_limit_name(limit.name), _bar(limit.spare_db), _spare(limit.spare_db), where))
    return table(
        f"Room before each limit, side {text(side.side)}",
        ("Limit", f"of {number(MOST_SPARE_DB)} dB", "room", "nearest"),
        rows,
        "limits",
    )


def _limit_name(name: str) -> str:
    return f"{text(name)} <small>{text(LIMIT.get(name, ''))}</small>"


def _spare(spare_db: float | None) -> str:
    if spare_db is None or not math.isfinite(spare_db):
        return "nothing moves"
    return f"{with_unit(-spare_db, 'dB', 1)} over" if spare_db < -0.05 else with_unit(spare_db, "dB", 1)


def _bar(spare_db: float | None) -> str:
    if spare_db is None or not math.isfinite(spare_db):
        return ""
    share = min(abs(spare_db), MOST_SPARE_DB) / MOST_SPARE_DB * 100
    kind = "over" if spare_db < -0.05 else "hit" if spare_db < 0.05 else ""
    return f'<span class="bar {kind}" aria-hidden="true"><span style="width:{max(share, 1.5):.0f}%"></span></span>'


def steps(side: SideCheck) -> str:
    """What each step of mastering did; when is drawn over the side's time."""
    rows = [(text(step.name), percent(step.share_percent), decibels(step.deepest_db)) for step in side.touched]
    return table(f"Held back, side {text(side.side)}", ("Step", "of the time", "at most"), rows, "steps")


def places(side: SideCheck) -> str:
    """Speed, treble, noise and distortion from the rim to the label."""
    rows = [
        (
            text(place.name),
            with_unit(place.radius_mm, "mm", 1),
            with_unit(place.speed_m_s * 1e3, "mm/s"),
            frequency(place.bandwidth_hz),
            "no grid, no noise" if place.snr_db is None else with_unit(place.snr_db, "dB"),
            *(_thd(distortion_at(place, tone)) for tone in TONES_HZ),
        )
        for place in side.predicted
    ]
    head = ("Place", "radius", "groove speed", "treble to", "over the noise")
    return table(
        f"Predicted sound, side {text(side.side)}",
        (*head, *(f"distortion, {frequency(tone)}" for tone in TONES_HZ)),
        rows,
        "places",
    )


def _thd(share_percent: float | None) -> str:
    if share_percent is None:
        return "–"
    return f"{share_percent:.2g}\xa0%" if share_percent >= 0.01 else "under 0.01\xa0%"


def remains(side: SideCheck) -> str:
    """Distortion with each stylus, of the plain and of the compensated groove."""
    rows = [
        (
            text(row.stylus),
            frequency(row.frequency_hz),
            with_unit(row.plain_db, "dB", 1),
            with_unit(row.compensated_db, "dB", 1),
            f"{with_unit(abs(row.plain_db - row.compensated_db), 'dB', 1)} "
            f"{'better' if row.compensated_db <= row.plain_db else 'worse'}",
        )
        for row in side.remains
    ]
    if not rows:
        return ""
    head = ("Stylus", "tone", "plain groove", "compensated", "which is")
    return (
        "<h3>With other styli</h3>\n<p>The groove is shaped for one tip. This is the distortion that each tip plays "
        "of a tone near the label.</p>\n"
        f"{table(f'Distortion by stylus, side {text(side.side)}', head, rows, 'remains')}"
    )


def everything(report: CheckReport) -> str:
    """All figures at the end, one column for each side."""
    if not report.sides:
        return ""
    columns = [dict(_figures(side)) for side in report.sides]
    names = dict.fromkeys(name for column in columns for name in column)
    rows = [(name, *(column.get(name, "–") for column in columns)) for name in names]
    head = ("Figure", *(f"side {text(side.side)}" for side in report.sides))
    return (
        '<section class="all" aria-labelledby="figures"><h2 id="figures">All figures</h2>\n'
        f"{table('Figures of every side', head, rows, 'everything')}</section>\n"
    )


def _figures(side: SideCheck) -> list[tuple[str, str]]:
    acted = "; ".join(
        f"{text(step.name)} {percent(step.share_percent)}, {decibels(step.deepest_db)}" for step in side.touched
    )
    asked = [
        ("fits", "yes" if side.fits else f"no: {text(side.why or '')}"),
        ("disc", f"{text(side.disc)}, {speed(side.rpm)} rpm"),
        ("curve, machine", f"{text(side.curve)}, {text(side.machine)}"),
        ("stylus, sheet", f"{text(side.stylus)}, {text(side.sheet or 'none named')}"),
        ("pitch asked for", text(side.pitch)),
    ]
    if not is_planned(side):
        return [*asked, ("music", f"{time(side.seconds)}, {number(side.music_turns, 1)} turns")]
    return [
        *asked,
        ("level", "silence" if side.level_db is None else f"{decibels(side.level_db)} against 5\xa0cm/s"),
        ("won by holding back", with_unit(side.drive_db, "dB", 1)),
        ("limited by", text(side.limited_by)),
        ("music", f"{time(side.seconds)}, {number(side.music_turns, 1)} turns"),
        (
            "music lies",
            f"{number(side.music_outer_radius_mm, 2)} to {with_unit(side.music_inner_radius_mm, 'mm', 2)}",
        ),
        ("room left", with_unit(side.room_left_mm, "mm", 2)),
        ("a side like this holds", time(side.holds_s) if math.isfinite(side.holds_s) else "any length"),
        (
            "least, mean, greatest pitch",
            f"{length(side.least_pitch_um)}, {length(side.mean_pitch_um)}, {length(side.greatest_pitch_um)}",
        ),
        *((f"room before {limit_name}", spare) for limit_name, spare in _spares(side)),
        ("held back", percent(side.touched_percent)),
        ("steps: share of the time, deepest", acted or "none"),
        ("tracking force", with_unit(side.needle.force_mn, "mN", 1)),
        ("needle", _spare(side.needle.spare_db) if side.needle.spare_db is not None else text(side.needle.said)),
        ("head, RMS acceleration", _head(side)),
        ("the machine has to do", text(machining(side) or "nothing is drawn")),
        ("hot spots", number(len(side.spots))),
    ]


def _spares(side: SideCheck) -> list[tuple[str, str]]:
    return [(text(limit.name), _spare(limit.spare_db)) for limit in side.limits]


def _head(side: SideCheck) -> str:
    if side.head is None:
        return "no head"
    return f"{number(side.head.rms_m_s2)} of {with_unit(side.head.limit_m_s2, 'm/s²')}, at {time(side.head.at_s)}"
