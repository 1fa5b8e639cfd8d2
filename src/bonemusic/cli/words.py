"""Reports in a few lines for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ..report import verdict
from ..report.words import clock, decibels, of_gaps, time, with_unit
from ..units import rpm_text, span_text
from ..workshop.checked import CheckReport, SideCheck
from ..workshop.reports import CutReport, PlayReport, TransferReport

HEARD_WHOLE = 0.9
"""Of a side's length: what is shorter is a taste of it."""


def of_cut(report: CutReport) -> str:
    """What was cut."""
    near = min(
        (row for row in report.limits if row.spare_db is not None and row.at_s is not None),
        key=lambda row: row.spare_db or 0.0,
        default=None,
    )
    lines = [
        f"{_shown(report.song)} on {report.disc}: {report.music_seconds:.1f} s at {_speed(report.rpm)} rpm, "
        f"{report.music_turns:.1f} turns, pitch {report.pitch_um:.0f} µm"
    ]
    if report.level_db is not None:
        lines.append(
            f"level {report.level_db:+.1f} dB re 5 cm/s (peaks as drawn {report.peak_velocity_cm_s:.1f} cm/s, "
            f"{report.peak_displacement_um:.0f} µm)"
            + (f", nearest limit: {near.name} at {near.at_s:.1f} s" if near else "")
        )
    held = [f"{step.name} {step.share_percent:.2g} % down to {step.deepest_db:.1f} dB" for step in report.touched
            if step.share_percent > 0]  # fmt: skip
    if report.touched:
        louder = f"{report.drive_db:.1f} dB louder than without limiting; " if report.drive_db >= 0.05 else ""
        lines.append(f"mastering: {louder}touched {report.touched_percent:.2g} % of the time"
                     + (f" ({', '.join(held)})" if held else ""))  # fmt: skip
    filters = [f"{name} {hz:.0f} Hz" for name, hz in (("high-pass", report.high_pass_hz),
               ("bass to mono below", report.mono_below_hz)) if hz is not None]  # fmt: skip
    if filters:
        lines.append(f"filters: {', '.join(filters)}")
    if report.compensated:
        lines.append(f"compensated for {_shown(report.compensated)}")
    if report.predicted_snr_db is not None:
        lines.append(
            f"the drawing carries {report.predicted_snr_db:.0f} dB between sound and noise, "
            f"to {report.bandwidth_hz / 1e3:.1f} kHz"
        )
    lines += _where(report)
    points = f"{report.points:,} points, " if report.points else ""
    lines.append(f"{points}{_size(report.bytes)}{_files(report.files)}")
    if report.machine_seconds is not None:
        lines.append(f"{report.machine} takes about {span_text(report.machine_seconds)}")
    return "\n".join(lines)


def _where(report: CutReport) -> list[str]:
    """Where on the sheet's picture the disc lies, or may lie."""
    if report.sheet_width_mm is None:
        return []
    sheet = f"on a sheet {report.sheet_width_mm:.4g} mm wide"
    if report.place is not None:
        return [f"the disc lies {sheet} at --place {report.place}"]
    many = f"{len(report.places)} places to choose from" if len(report.places) > 1 else "one place"
    return [f"{many} {sheet}:", *(f"  {n}  --place {place}" for n, place in enumerate(report.places, 1))]


def _size(count: int) -> str:
    """A number of bytes: MB, and below 0.1 MB kB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def _files(files: tuple[str, ...]) -> str:
    """Where there are several, how many and which."""
    if len(files) < 2:
        return ""
    first, last = (_shown(Path(name).name) for name in (files[0], files[-1]))
    return f" in {len(files)} files, {first} to {last}: cut them in this order"


def of_play(report: PlayReport) -> str:
    """What was heard."""
    peak = "silence" if report.peak_dbfs is None else f"peak {report.peak_dbfs:.1f} dBFS"
    sure = "" if report.confidence is None else f"; sure of the track {report.confidence:.2f}"
    return (
        f"{_shown(report.disc)}: {_length(report)}, {report.turns:.1f} turns at {_speed(report.rpm)} rpm, "
        f"{report.curve} curve, {report.turntable} turntable; {peak}{sure}"
    )


def _length(report: PlayReport | TransferReport) -> str:
    """How long it plays; of a side of which some turns are heard how long these are, too."""
    side_s = 60 * report.turns / report.rpm
    taste = report.seconds < HEARD_WHOLE * side_s
    return f"{report.seconds:.1f} s of {side_s:.1f} s" if taste else f"{report.seconds:.1f} s"


def of_transfer(report: TransferReport) -> str:
    """What was read of a scan."""
    name = _shown(report.scans[0]) + (f" and {len(report.scans) - 1} more" if len(report.scans) > 1 else "")
    named = (("rim", report.disc_diameter_mm), ("label", report.label_diameter_mm), ("hole", report.hole_diameter_mm))
    sizes = ", ".join(f"{name} {'not seen' if wide is None else f'{wide:.1f} mm'}" for name, wide in named)
    off = "" if report.hole_off_mm is None else f", {report.hole_off_mm:.2f} mm off the groove's centre"
    ends = ", the last one locked," if report.locked_groove else ""
    wow = "" if report.wow_after_percent is None else f", wow {report.wow_after_percent:.2g} %"
    gaps = "nothing had to be mended"
    if report.gaps:
        count = "1 gap" if report.gaps == 1 else f"{report.gaps} gaps"
        gaps = f"{count}: {of_gaps(report.mended_seconds, report.missing_seconds)}"
    stretch = round(report.axis_stretch_percent, 2)
    axes = f"{stretch:+.2f} % more dots across than down, taken out" if stretch else "as many dots across as down"
    lines = [
        f"{name}: {_length(report)}, {report.turns:.1f} turns{ends} at {_speed(report.rpm)} rpm "
        f"({report.rpm_from}), {report.curve} curve ({report.curve_from})",
        f"{report.direction}; {axes}{wow}",
        f"{sizes}{off}",
        f"{gaps}; sure of the track {report.confidence:.2f}",
    ]
    if report.noise_db is not None and report.level_db is not None:
        lines.append(f"noise at least {report.level_db - report.noise_db:.0f} dB below the sound, {_noise(report)}")
    lines.append(f"curve: {report.suggested_why}")
    lines += [f"fault of the scan: {fault}" for fault in report.faults]
    return "\n".join([*lines, f"written: {', '.join(report.files)}"])


def of_folder(folder: Path) -> str:
    """What to do with a transfer's files next."""
    page = _shown(str(folder / "transfer.html"))
    return f"next: open {page} in a browser: it plays both sounds, and shows where the groove was followed"


def _noise(report: TransferReport) -> str:
    """How loud at most, as written and as scanned."""
    told = f"{report.noise_db:.1f} dB against 5 cm/s, 100 Hz to 4.5 kHz"
    if not report.noise_turned_down or report.noise_scanned_db is None:
        return told
    return f"{told} ({report.noise_scanned_db:.1f} dB as scanned: the picture's own noise was turned down)"


WIDE = 100
"""Columns: of a terminal's usual width or a little more; longer words are broken."""
LONGEST_NAME = 36
Row = tuple[str, ...]


def of_check(report: CheckReport) -> str:
    """What was found before cutting: a verdict for each side, then tables."""
    overall = verdict.overall(report).rstrip(".")
    head = f"{_shown(report.title)}: {overall[:1].lower()}{overall[1:]}"
    return "\n\n".join([head, *(_side(side) for side in report.sides)])


def _side(side: SideCheck) -> str:
    tables = (
        ("songs", _songs(side)),
        ("room before each limit", _limits(side)),
        (f"held back, {verdict.percent(side.touched_percent)} of the time", _held_back(side)),
        (f"what will be heard with {side.stylus}", _heard(side)),
        ("distortion with other styli", _styli(side)),
        ("listen before cutting", _spots(side)),
    )
    needle = [f"needle: {side.needle.said}"] if verdict.is_planned(side) else []
    asked = verdict.machining(side)
    machine = [f"machine: {side.machine}, {asked}"] if asked else []
    last = [*machine, *needle, *([f"cutter head: {side.head.said}"] if side.head else [])]
    return "\n".join(
        [
            f"side {_shown(side.side)}, {_shown(side.disc)}, {_speed(side.rpm)} rpm: "
            f"{'fits' if side.fits else 'DOES NOT FIT'}",
            _wrapped(verdict.verdict(side)),
            *(_wrapped(each, "  > ") for each in side.advice),
            *(_table(title, rows) for title, rows in tables if len(rows) > 1),
            "",
            *map(_wrapped, last),
        ]
    )


def _songs(side: SideCheck) -> list[Row]:
    rows: list[Row] = [("", "song", "begins", "length", "loudness", "true peak", "from the middle")]
    for number, song in enumerate(side.songs, 1):
        loud, peak = song.loudness_lufs, song.true_peak_db
        rows.append(
            (
                f"{side.side}{number}",
                _short(song.name),
                clock(song.side_s),
                clock(song.seconds),
                "silence" if loud is None else with_unit(loud, "LUFS", 1),
                "" if peak is None else with_unit(peak, "dBTP", 1),
                f"{song.outer_radius_mm:.1f} to {song.inner_radius_mm:.1f} mm",
            )
        )
    return rows


def _limits(side: SideCheck) -> list[Row]:
    rows: list[Row] = [("limit", "room", "nearest", "")]
    for limit in side.limits:
        room = "" if limit.spare_db is None else with_unit(limit.spare_db, "dB", 1)
        rows.append(
            (limit.name, room, "" if limit.at_s is None else time(limit.at_s), verdict.LIMIT.get(limit.name, ""))
        )
    return rows


def _held_back(side: SideCheck) -> list[Row]:
    rows: list[Row] = [("step", "time", "deepest")]
    acting = (step for step in side.touched if step.share_percent > 0)
    rows += [(step.name, verdict.percent(step.share_percent), decibels(step.deepest_db)) for step in acting]
    return rows


def _heard(side: SideCheck) -> list[Row]:
    rows: list[Row] = [("place", "radius", "treble to", "over the noise", "distortion at 3 kHz")]
    for place in side.predicted:
        thd = verdict.distortion_at(place, 3000.0)
        rows.append(
            (
                place.name,
                with_unit(place.radius_mm, "mm", 1),
                verdict.frequency(place.bandwidth_hz),
                "" if place.snr_db is None else with_unit(place.snr_db, "dB"),
                "" if thd is None else f"{thd:.2g} %",
            )
        )
    return rows


def _styli(side: SideCheck) -> list[Row]:
    rows: list[Row] = [("stylus", "tone", "plain", "compensated")]
    for row in side.remains:
        plain, compensated = with_unit(row.plain_db, "dB", 1), with_unit(row.compensated_db, "dB", 1)
        rows.append((row.stylus, verdict.frequency(row.frequency_hz), plain, compensated))
    return rows


def _spots(side: SideCheck) -> list[Row]:
    rows: list[Row] = [("", "what", "song", "at", "radius", "over its limit")]
    for number, spot in enumerate(side.spots, 1):
        where = (time(spot.at_s), with_unit(spot.radius_mm, "mm"), decibels(spot.amount_db))
        rows.append((str(number), spot.kind, _short(spot.song), *where))
    return rows


def _table(title: str, rows: Sequence[Row]) -> str:
    """A table with its title: columns as wide as their widest, two spaces between."""
    cells = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(f"{cell:{wide}}" for cell, wide in zip(row, widths, strict=True)) for row in cells)
    return "\n".join([f"\n{_shown(title)}", *(f"  {line.rstrip()}" for line in lines)])


def _wrapped(words: str, first: str = "") -> str:
    return textwrap.fill(_shown(words), WIDE, initial_indent=first, subsequent_indent=" " * len(first))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _speed(rpm: float) -> str:
    return rpm_text(Fraction(rpm).limit_denominator(1000))


def _shown(name: str) -> str:
    """A file's name on one line of a terminal, which it cannot take over."""
    return "".join(c if c.isprintable() or c == "\xa0" else "?" for c in name)
