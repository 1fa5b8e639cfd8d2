"""A transfer as one page: how the side was read, what was mended, what is missing. It runs nothing and fetches nothing.

The sounds are set into it where they are short; else it plays the files beside it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from ..scanning.overlay import COLOURS
from ..workshop.reports import TransferReport, as_json
from ..workshop.transferred import Seen
from .check_tables import table
from .plots import drawing
from .sounds import address
from .style import style_of
from .transfer_figures import confidence, spectra
from .words import address as file_address
from .words import brief, clock, decibels, duration, length, number, of_gaps, options, speed, text, time, with_unit

LONG_TITLE = 32
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; media-src data: 'self' file:; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
FINE_PERCENT = 0.01
"""Wow that nobody hears, by far: 0.1 % is what good turntables have (DIN 45500)."""


def transfer_page(report: TransferReport, seen: Seen) -> str:
    """The page.

    Every text of the report is escaped: a scan's file name can be anything. Same report, same page.

    Raises
    ------
    OutputError
        Matplotlib is not installed.
    """
    title = text(_title(report))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="dark light">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>{title} – read from a scan</title>\n<link rel="icon" href="data:,">\n'
        f"<style>\n{style_of('shared.css', 'check.css', 'transfer.css')}</style>\n</head>\n<body>\n<main>\n"
        f'{_head(report, title)}<section class="side-of" aria-labelledby="read">\n<h2 id="read">How it was read</h2>\n'
        f'<div class="verdict">\n<div>\n{_told(report)}</div>\n{_disc(report, seen)}</div>\n{_facts(report)}'
        f"{_over(report, seen)}{_sound(report, seen)}{_gaps(report)}</section>\n{_everything(report)}</main>\n"
        "<footer><p>Made by <b>bonemusic</b>. This page fetches nothing and runs nothing; keep it beside "
        "its sounds and its picture.</p></footer>\n</body>\n</html>\n"
    )


def ready() -> None:
    """See that the page can be drawn, before minutes of work.

    Raises
    ------
    OutputError
        Matplotlib is not installed.
    """
    with drawing(1, 1, 8):
        pass


def _title(report: TransferReport) -> str:
    first = report.scans[0] if report.scans else "scan"
    return first if len(report.scans) < 2 else f"{first} and {len(report.scans) - 1} more"


def _head(report: TransferReport, title: str) -> str:
    size = ' class="long"' if len(_title(report)) > LONG_TITLE else ""
    return (
        f'<header class="head">\n<p class="label">Read from a scan <span>{speed(report.rpm)} rpm</span> '
        f"<span>{number(report.turns, 1)} turns</span></p>\n<h1{size}><bdi>{title}</bdi></h1>\n"
        f'<p class="lead">{text(verdict(report))}</p>\n</header>\n'
    )


def _told(report: TransferReport) -> str:
    tip = "a tip of no size" if report.stylus is None else f"the tip {text(report.stylus)}"
    outer, inner = number(report.outer_radius_mm, 1), with_unit(report.inner_radius_mm, "mm", 1)
    ends = ", the last of them a locked groove," if report.locked_groove else ","
    return (
        f'<p class="said">{number(report.turns, 1)} turns{ends} {text(report.direction)}, from {outer} to {inner} from '
        f"the centre, {length(report.pitch_um)} from one to the next on average. Speed: {speed(report.rpm)} rpm "
        f"({options(text(report.rpm_from))}). Curve: {text(report.curve)} ({options(text(report.curve_from))}), played "
        f"with {tip}.</p>\n{_notes('Faults of the scan', report.faults)}{_notes('Noted', report.warnings)}"
    )


def verdict(report: TransferReport) -> str:
    """The page in two sentences."""
    lost = report.missing_seconds
    side = duration(60 * report.turns / report.rpm)  # not what --regions let us hear of it
    if not report.gaps:
        read = f"All of {side} was seen, nothing had to be mended."
    elif not lost:
        read = f"All of {side} is there; {brief(report.mended_seconds)} of it had to be mended."
    else:
        mended = f", and {brief(report.mended_seconds)} had to be mended" if report.mended_seconds else ""
        read = f"Of {side}, {brief(lost)} are lost{mended}."
    if report.faults:
        many = "A fault" if len(report.faults) == 1 else f"{len(report.faults)} faults"
        read += f" {many} of the scan cost sound: see below."
    return read


def _notes(title: str, notes: Sequence[str]) -> str:
    items = "".join(f"<li>{options(text(note))}</li>" for note in notes)
    return f'<div class="change"><h3>{title}</h3><ul>{items}</ul></div>\n' if notes else ""


def _disc(report: TransferReport, seen: Seen) -> str:
    source = base64.b64encode(seen.disc).decode("ascii")
    steps = ", ".join("rgb({} {} {})".format(*ink) for ink in COLOURS[::-1])
    return (
        f'<figure class="above"><img class="scan" src="data:image/jpeg;base64,{source}" '
        f'alt="The scan with the track over it: {number(report.turns, 1)} turns, {report.gaps} gaps.">\n'
        f'<div class="key" aria-hidden="true"><span>sure</span><i style="background:linear-gradient(to right,{steps})">'
        "</i><span>nothing seen</span></div>\n"
        "<figcaption><strong>The track over the scan:</strong> the lighter, the less was seen of the groove. "
        "Dashed: rim, label and hole, where they are seen. "
        f'The <a href="{file_address("track.png")}">large picture</a> shows the worst places enlarged.</figcaption>'
        "</figure>\n"
    )


def _facts(report: TransferReport) -> str:
    gaps = of_gaps(report.mended_seconds, report.missing_seconds)
    facts = [
        ("Length", clock(report.seconds), _side(report)),
        (
            "Curve to try",
            text(report.suggested_curve or "unknown"),
            "as far as the spectrum tells, which is little: see below.",
        ),
        ("Disc", *_sizes(report)),
        (
            "Axes",
            f"{number(report.axis_stretch_percent, 2)}\xa0%",
            f"more dots across than down, taken out; {number(report.dpi)} dpi in the mean.",
        ),
        ("Wow", *_wow(report)),
        ("Gaps", number(report.gaps), f"{gaps}; {report.clicks_mended} clicks mended in the sound."),
        ("Noise", *_noise(report)),
        (
            "Sure of the track",
            number(report.confidence, 2),
            f"in the mean, where 1 is a clean groove; {number(report.unsure_percent, 2)}\xa0% is below one half.",
        ),
    ]
    cards = "".join(
        f"<div><dt>{name}</dt><dd><strong>{value}</strong> <span>{told}</span></dd></div>\n"
        for name, value, told in facts
    )
    return f'<dl class="facts">\n{cards}</dl>\n'


def _side(report: TransferReport) -> str:
    side_s = 60 * report.turns / report.rpm
    of = f"of {clock(side_s)}, " if clock(side_s) != clock(report.seconds) else ""
    return f"{of}{number(report.turns, 1)} turns at {speed(report.rpm)} rpm."


def _sizes(report: TransferReport) -> tuple[str, str]:
    """How wide the disc is, its label and its hole; and how far the hole is off."""
    rim, label, hole = (
        "not seen" if wide is None else with_unit(wide, "mm", 1)
        for wide in (report.disc_diameter_mm, report.label_diameter_mm, report.hole_diameter_mm)
    )
    off = "" if report.hole_off_mm is None else f", {length(report.hole_off_mm * 1e3)} off the groove's centre"
    told = f"label {label}; hole {hole}{off}."
    return (rim, f"across; {told}") if report.disc_diameter_mm is not None else ("rim not seen", told)


def _wow(report: TransferReport) -> tuple[str, str]:
    if report.wow_after_percent is None:
        return "unknown", "Too few turns to tell."
    left = f"{report.wow_after_percent:.2g}\xa0%"
    fine = ": nobody hears that" if report.wow_after_percent <= FINE_PERCENT else ""
    if report.wow_before_percent is None:
        return left, f"once a turn, peak{fine}."
    return left, f"once a turn, peak{fine}. Turned about its hole it would be {report.wow_before_percent:.2g}\xa0%."


def _noise(report: TransferReport) -> tuple[str, str]:
    if report.noise_db is None or report.level_db is None:
        return "unknown", "Too short to tell."
    under = with_unit(report.level_db - report.noise_db, "dB", 0)
    told = f"at most, {under} below the sound; 100\xa0Hz to 4.5\xa0kHz, against 5\xa0cm/s."
    if report.noise_turned_down and report.noise_scanned_db is not None:
        told += f" As scanned {decibels(report.noise_scanned_db)}: the picture's own noise was turned down."
    return decibels(report.noise_db), told


def _over(report: TransferReport, seen: Seen) -> str:
    drawn = confidence(report, seen)
    return f'<h3>From the rim to the label</h3>\n<figure class="over-time">{drawn}</figure>\n' if drawn else ""


def _sound(report: TransferReport, seen: Seen) -> str:
    drawn = spectra(report, seen)
    figure = f'<figure class="over-time">{drawn}</figure>\n' if drawn else ""
    held = {name: address(samples, rate_hz) for name, samples, rate_hz in seen.sounds}
    told = (
        ("equalised copy", "equalised.wav", f"under the curve {text(report.curve)}, mended"),
        ("flat transfer", "flat.wav", "the groove's velocity, through no curve, nothing mended: it sounds shrill"),
    )
    players = "".join(
        f'<div><span>{name}</span><audio controls preload="none" src="{held.get(name, file_address(file))}" '
        f'aria-label="{name}"></audio>\n<p><a href="{file_address(file)}">{file}</a>, {what}.</p></div>'
        for name, file, what in told
    )
    why = text(report.suggested_why)
    curve = f"<p><b>Which curve:</b> {why}.</p>\n"
    return f'<h3>What is heard</h3>\n<div class="players">{players}</div>\n{figure}{curve}'


def _gaps(report: TransferReport) -> str:
    if not report.largest_gaps:
        return ""
    rows = [
        (
            f"turn {number(gap.turn, 2)}",
            time(gap.at_s),
            with_unit(gap.radius_mm, "mm", 1),
            with_unit(gap.milliseconds, "ms", 1 if gap.milliseconds < 100 else 0),
            "mended" if gap.mended else "missing",
        )
        for gap in report.largest_gaps
    ]
    many = f"The {len(rows)} largest of {report.gaps}" if report.gaps > len(rows) else "All"
    head = ("Where", "when", "from the centre", "length", "")
    return f"<h3>Gaps</h3>\n<p>{many}, longest first.</p>\n{table('Gaps', head, rows, 'gaps')}"


def _everything(report: TransferReport) -> str:
    """All of the report's numbers, as `transfer.json` holds them."""
    held = json.loads(as_json(report))
    rows = [
        (text(key.replace("_", " ")), text(_plain(value)))
        for key, value in held.items()
        if key not in ("largest_gaps", "suggested_why") and value not in ([], None)
    ]
    return (
        '<section class="all" aria-labelledby="all">\n<h2 id="all">Every number</h2>\n'
        f"{table('Every number of the report', ('What', 'value'), rows, 'everything')}</section>\n"
    )


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
