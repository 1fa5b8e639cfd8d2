"""A check as one page to read in a minute: HTML in one file, which opens offline, runs nothing and fetches nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ..workshop.checked import CheckReport, Pictures, SideCheck, SpotSound
from . import verdict as words
from .check_figures import distortion, response, timeline
from .check_tables import everything, limits, places, remains, songs, steps
from .disc_figure import disc, rings_told
from .sounds import addresses
from .style import style_of
from .verdict import machining, percent
from .words import clock, decibels, length, number, options, speed, text, time, with_unit

LONG_TITLE = 32
MOST_SPOTS = 8
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; media-src data:; img-src data:; base-uri 'none'; form-action 'none'"
)


def check_page(report: CheckReport, pictures: Sequence[Pictures]) -> str:
    """The page.

    Every text of the report is escaped: a song's file name can be anything. Same report and pictures, same page.

    Parameters
    ----------
    report : CheckReport
    pictures : sequence of Pictures
        One for each side, in their order.

    Raises
    ------
    OutputError
        Matplotlib is not installed.
    """
    shown = list(zip(report.sides, pictures, strict=True))
    sides = "".join(_side(index, side, seen) for index, (side, seen) in enumerate(shown, 1))
    title = text(report.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="dark light">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>{title} – checked before cutting</title>\n<link rel="icon" href="data:,">\n'
        f"<style>\n{style_of('shared.css', 'check.css')}</style>\n</head>\n<body>\n<main>\n"
        f"{_head(report, title)}{sides}{everything(report)}</main>\n"
        "<footer><p>Made by <b>bonemusic</b>. This page is one file: it fetches nothing and runs nothing."
        "</p></footer>\n</body>\n</html>\n"
    )


def _head(report: CheckReport, title: str) -> str:
    size = ' class="long"' if len(report.title) > LONG_TITLE else ""
    good = bool(report.sides) and all(side.fits for side in report.sides)
    first = report.sides[0] if report.sides else None
    disc_told = f" <span>{text(first.disc)}</span> <span>{speed(first.rpm)} rpm</span>" if first else ""
    links = "".join(
        f'<li><a href="#side-{index}">Side {text(side.side)}</a> {_badge(side.fits)} <span>{_short(side)}</span></li>\n'
        for index, side in enumerate(report.sides, 1)
    )
    ways = f'<nav aria-label="Sides"><ul class="ways">\n{links}</ul></nav>\n' if len(report.sides) > 1 else ""
    return (
        f'<header class="head">\n<p class="label">Checked before cutting{disc_told}</p>\n<h1{size}><bdi>{title}</bdi>'
        f'</h1>\n<p class="lead">{_mark(good)} {text(words.overall(report))}</p>\n{ways}'
        f"{_notes('For the whole record', report.warnings)}</header>\n"
    )


def _mark(good: bool) -> str:
    return f'<span class="mark {"good" if good else "bad"}" aria-hidden="true">{"✓" if good else "✗"}</span>'


def _badge(fits: bool) -> str:
    return f'<span class="badge {"good" if fits else "bad"}">{_mark(fits)} {"fits" if fits else "does not fit"}</span>'


def _short(side: SideCheck) -> str:
    level = "silence" if side.level_db is None else f"{decibels(side.level_db)}, set by: {text(side.limited_by)}"
    return f"{clock(side.seconds)}, {level}"


def _notes(title: str, notes: Sequence[str]) -> str:
    items = "".join(f"<li>{text(note)}</li>" for note in notes)
    return f'<div class="notes"><b>{title}</b><ul>{items}</ul></div>\n' if notes else ""


def _side(index: int, side: SideCheck, shown: Pictures) -> str:
    advice = "".join(f"<li>{options(text(each))}</li>" for each in side.advice)
    change = f"<ol>{advice}</ol>" if advice else f"<p>{words.NOTHING_TO_CHANGE}</p>" if side.fits else ""
    return f"""<section class="side-of" id="side-{index}" aria-labelledby="h-{index}">
<h2 id="h-{index}">Side {text(side.side)} {_badge(side.fits)}</h2>
<div class="verdict">
<div>
<p class="said">{text(words.verdict(side))}</p>
{f'<div class="change"><h3>What to change</h3>{change}</div>' if change else ""}
{_notes("Noted", side.warnings)}</div>
{_disc(side, shown)}</div>
{_facts(side)}{songs(side)}{_over_time(side, shown)}{_spots(side, shown)}{_heard(side)}{_limits(side)}{remains(side)}\
</section>
"""


def _disc(side: SideCheck, shown: Pictures) -> str:
    drawn = disc(side, shown)
    if not drawn:
        return ""
    hot = " Numbers at the rim are the hot spots." if side.spots else ""
    return (
        f'<figure class="above">{drawn}<figcaption><strong>From above, true to proportion:</strong> '
        f"{rings_told(side)}, and the fuller the colour, the tighter the turns. The dashed ring is as far in as music "
        f"may lie.{hot}</figcaption></figure>\n"
    )


def _facts(side: SideCheck) -> str:
    if not words.is_planned(side):
        facts = [("Length", clock(side.seconds), f"{number(side.music_turns, 0)} turns of music. {words.holds(side)}")]
        return _cards(facts)
    facts = [
        ("Level", *_level(side)),
        (
            "Length",
            clock(side.seconds),
            f"{number(side.music_turns, 0)} turns of music. {words.holds(side)}",
        ),
        ("What sets the level", text(side.limited_by), text(words.nearest(side))),
        ("From turn to turn", length(side.mean_pitch_um), text(words.pitch(side))),
        ("Held back", percent(side.touched_percent), text(words.touched(side))),
        ("Needle", "stays in" if side.needle.stays else "may jump", text(words.sentence(side.needle.said))),
    ]
    if side.head is not None:
        value = "cool enough" if side.head.spare_db >= 0 else "too hot"
        facts.append(("Cutter head", value, text(words.sentence(side.head.said))))
    label_place = side.predicted[-1] if side.predicted else None
    if label_place is not None:
        snr = "" if label_place.snr_db is None else f", {with_unit(label_place.snr_db, 'dB')} over the noise"
        facts.append(
            (
                "Highest tone at the end",
                words.frequency(label_place.bandwidth_hz),
                f"at {with_unit(label_place.radius_mm, 'mm')} from the middle{snr}; "
                f"{words.frequency(side.predicted[0].bandwidth_hz)} at the rim.",
            )
        )
    return _cards(facts)


def _cards(facts: Sequence[tuple[str, str, str]]) -> str:
    cards = "".join(
        f"<div><dt>{name}</dt><dd><strong>{value}</strong> <span>{told}</span></dd></div>\n"
        for name, value, told in facts
    )
    return f'<dl class="facts">\n{cards}</dl>\n'


def _level(side: SideCheck) -> tuple[str, str]:
    if side.level_db is None:
        return "silence", "The groove runs round without ever moving aside."
    told = "against 5\xa0cm/s, the zero that records are measured from."
    if side.drive_db >= 0.05:
        told += f" {with_unit(side.drive_db, 'dB', 1)} louder than without holding anything back."
    return decibels(side.level_db), told


def _over_time(side: SideCheck, shown: Pictures) -> str:
    drawn = timeline(side, shown)
    return f'<h3>Over the side</h3>\n<figure class="over-time">{drawn}</figure>\n' if drawn else ""


def _spots(side: SideCheck, shown: Pictures) -> str:
    if not words.is_planned(side):
        return ""
    if not side.spots:
        return "<h3>Listen before cutting</h3>\n<p>No hot spot: nothing on this side comes near a limit.</p>\n"
    sounds: list[SpotSound | None] = [*shown.sounds[:MOST_SPOTS]]
    sounds += [None] * (len(side.spots) - len(sounds))
    items = "".join(_spot(number, side, sounds[number - 1]) for number in range(1, len(side.spots) + 1))
    return (
        f"<h3>Listen before cutting</h3>\n<p>The {len(side.spots)} hottest moment{'s' * (len(side.spots) != 1)}, as "
        f"given and as the needle will play {'them' if len(side.spots) != 1 else 'it'}.</p>\n"
        f'<ol class="spots">\n{items}</ol>\n'
    )


def _spot(number_of: int, side: SideCheck, sound: SpotSound | None) -> str:
    spot = side.spots[number_of - 1]
    over = f"{with_unit(abs(spot.amount_db), 'dB', 1)} {'over' if spot.amount_db > 0 else 'under'} its limit"
    pair = addresses(sound) if sound is not None else None
    players = ""
    if pair:
        players = "".join(
            f'<div><span>{name}</span><audio controls preload="none" src="{address}" '
            f'aria-label="Hot spot {number_of} of side {text(side.side)}, {name}"></audio></div>'
            for name, address in zip(("before", "after"), pair, strict=True)
        )
        players = f'<div class="players">{players}</div>'
    return (
        f'<li><h4><span class="badge-number">{number_of}</span> <span>{text(spot.kind)}</span> '
        f'<span class="when">{time(spot.at_s)}</span></h4>\n'
        f'<p class="where"><bdi>{text(spot.song)}</bdi> · {with_unit(spot.radius_mm, "mm")} from the middle · '
        f"{over}</p>\n"
        f"<p>{text(words.sentence(spot.said))} <span>{text(words.MEANING.get(spot.kind, ''))}</span></p>\n"
        f"{players}</li>\n"
    )


def _heard(side: SideCheck) -> str:
    figures = "".join(f"<figure>{each}</figure>\n" for each in (response(side), distortion(side)) if each)
    if not side.predicted:
        return ""
    return (
        f"<h3>What will be heard</h3>\n<p>Cut on the machine ‘{text(side.machine)}’, played with the stylus "
        f"‘{text(side.stylus)}’ and the curve {text(side.curve)}: the nearer to the label, the slower the groove runs, "
        f'and the less treble it holds.</p>\n<div class="pair">\n{figures}</div>\n{places(side)}{_machining(side)}'
    )


def _machining(side: SideCheck) -> str:
    told = machining(side)
    return f"\n<h3>What the machine has to do</h3>\n<p>{text(side.machine)}: {text(told)}.</p>\n" if told else ""


def _limits(side: SideCheck) -> str:
    room = f"<h3>Room before each limit</h3>\n{limits(side)}" if side.limits else ""
    held = f"<h3>Held back</h3>\n{steps(side)}" if any(step.share_percent > 0 for step in side.touched) else ""
    return room + held
