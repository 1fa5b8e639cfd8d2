"""What to do with a test card, for a person: set the driver, run it, judge it, write down what was found."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence

from ..units import span_text
from ..workshop.testcard import CardReport, Patch
from .words import WIDE

ACROSS = 4
"""Speeds beside each other; the patches lie row by row, clockwise from the top of the card."""
STRENGTH = {"beam": "power", "mill": "depth", "pen": "force"}
HEIGHTS = {"beam": "heights of the head", "mill": "depths", "pen": "settings of the blade"}
GCODE, LAYERED, PENS = "gcode", ("gcode", "dxf"), "hpgl"
WIDTHS = ("svg", "pdf")
"""Formats that say how wide their lines are."""
TOLD_BY = {"dxf": "layer", PENS: "pen"}
"""By what a format tells settings apart, where it is not by colour."""


def of_testcard(report: CardReport) -> str:
    """All of it, in a few paragraphs."""
    if report.kind == "proof":
        parts = [_head(report), _proof(report)]
    else:
        parts = [_head(report), *_setting(report), _patches(report), *_judging(report), _pasted(report)]
    text = "\n".join(parts)
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _head(report: CardReport) -> str:
    groove = report.groove
    level = f"{groove.reference_db:+.0f} dB" if groove.reference_db else "0 dB"
    snr = groove.predicted_snr_db
    names = report.file if len(report.files) < 2 else f"{report.files[0]} to {report.files[-1]}"
    head = (
        f"{' '.join(names.split())}: a test card for {report.machine}, {report.width_mm:g} mm square. Its groove holds "
        f"{groove.seconds:.0f} s at {groove.rpm:g} rpm: 1 kHz at {groove.reference_velocity_cm_s:.0f} cm/s ({level}), "
        "a sweep, tones, a tune, silence."
    )
    if snr is not None:
        head += f" The grid's noise lies {snr:.0f} dB under them."
    if report.machine_seconds is not None:
        head += f" The machine takes about {span_text(report.machine_seconds)}."
    return _wrapped(head)


def _proof(report: CardReport) -> str:
    return _wrapped(
        f"It is a proof to look at and to play: {report.machine} names no power (groove_power_percent) and no depth "
        "(pass_depth_um), so what the card tries are a laser's shares of power. Name your machine with --machine for a "
        "card to run; what to set and how to judge it is then said."
    )


def _setting(report: CardReport) -> Iterator[str]:
    """What to tell the machine, in the order in which the groups are run."""
    yield "\nSet"
    if report.format == GCODE:
        yield _item(
            "Speeds, powers and depths are in the file. All axes are 0 in the middle of the hole, on the sheet's top."
        )
    else:
        told = report.stroke_mm is not None and report.format in WIDTHS
        hair = f" Lines are {report.stroke_mm:g} mm wide, a driver's hairline." if told else ""
        give = "Cut all as vectors, engrave nothing, and give" if report.kind == "beam" else "Give"
        yield _item(
            f"Import true to size: the rulers measure 100 mm.{hair} {give} each "
            f"{TOLD_BY.get(report.format, 'colour')} its setting, in this order:"
        )
        yield from _rows(report)
    if len(report.files) > 1:
        yield _item(
            "The first file also holds what lies around the groove, the last one what goes through the sheet: run them "
            "in their order."
        )
    if report.kind != "mill":
        yield _item(_by_hand(report))
    if report.format == PENS:
        yield _item(
            f"These are {len(_pens(report))} pens, and few plotters hold more than 8: run the file from a program that "
            "stops at each of them, or draw the card as svg and cut it by colours."
        )


def _by_hand(report: CardReport) -> str:
    """What no file sets: the seven heights, and the way back."""
    programmed = report.format == GCODE
    stop = "The program stops (M0)" if programmed else "Stop"
    if report.kind == "pen":
        done = "let the blade out by a notch more"
    else:
        done = f"lift the head by hand: {', '.join(each.height for each in report.heights)} mm from its usual height"
    after = "It stops once more before the kerf; go back." if programmed else "Then go back."
    return f"{stop} before each of the seven {HEIGHTS[report.kind].partition(' ')[0]}; {done}. {after}"


def _rows(report: CardReport) -> Iterator[str]:
    """What each colour, layer or pen is, in the order of running; what shares one is told together."""
    usual, through = _usual(report), f"through the sheet: {_through(report)}"
    ends = [_tag(report, each.layer, each.colour) for each in (report.heights[0], report.heights[-1])]
    patches = [_tag(report, each.layer, each.colour) for each in (report.patches[0], report.patches[-1])]
    rows = [
        (_tag(report, "marks", report.marks_colour), "words and marks", usual),
        (" … ".join(ends), f"seven {HEIGHTS[report.kind]}", usual),
        (_tag(report, "kerf", report.groove_colour), "kerf", usual),
        (" … ".join(patches), "the patches", "as below"),
        (_tag(report, "groove", report.groove_colour), "groove", usual),
        (_tag(report, "jig", report.cut_colour), "ring and square", through),
        (_tag(report, "cut", report.cut_colour), "hole and outline", f"last of all, {through}"),
    ]
    for number, (tag, what, setting) in enumerate(rows):
        same = [other for name, other, _ in rows[:number] if name == tag]
        if all(name != tag for name, _, _ in rows[number + 1 :]):
            yield f"    {tag:23}{', '.join([*same, what])}: {setting}"


def _patches(report: CardReport) -> str:
    """The patches as a table: strengths down, speeds across, a colour each where colours tell."""
    rows = [report.patches[k : k + ACROSS] for k in range(0, len(report.patches), ACROSS)]
    lines = [[STRENGTH[report.kind], *(_speed(patch) for patch in rows[0])]]
    lines += ([_strength(row[0]), *(_tag(report, patch.layer, patch.colour) for patch in row)] for row in rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ("  ".join(f"{cell:{wide}}" for cell, wide in zip(line, widths, strict=True)) for line in lines)
    head = "\nPatches, clockwise from the top, each with its figures beside it"
    return "\n".join([head, *(f"  {line.rstrip()}" for line in table)])


def _judging(report: CardReport) -> Iterator[str]:
    yield "\nJudge, with a light from one side and a loupe"
    if report.kind == "mill":
        yield _item("Depth: the first lines to be seen tell where the sheet's top is; set Z by them and cut again.")
    else:
        what = "Focus: keep the height" if report.kind == "beam" else "Blade: keep the setting"
        yield _item(f"{what} whose three lines are thinnest and still even.")
    nearest, widest = report.kerf_um[0], report.kerf_um[-1]
    yield _item(
        f"Kerf: the nearest pair that stays two lines, of {nearest:.0f} to {widest:.0f} µm, is just over the kerf. The "
        "square that falls out is 10 mm less the kerf of the cut."
    )
    yield _item(
        "Patches: the best is even all along, shows its waves, has clean edges and leaves the sheet whole beneath. "
        "Where its lines run together, no pitch may go."
    )
    yield _item(
        "Groove: play it from the rim. 1 kHz neither wavers nor crackles, the sweep goes as high as the machine "
        "carries, the last five seconds are the sheet's own noise."
    )
    yield _item("Centring: slip the ring over a pin, lay film under it so that the ring is where the hole shall be.")


def _pasted(report: CardReport) -> str:
    """A preset of one's own with the numbers that the card finds, as they are now."""
    rows = [("kerf_um", _near(report), "the kerf that you saw")]
    if report.groove_power_percent is not None:
        rows.append(("groove_power_percent", report.groove_power_percent, "the best patch's"))
    if report.groove_speed_mm_s is not None:
        rows.append(("groove_speed_mm_s", report.groove_speed_mm_s, "the best patch's"))
    own = f"my-{report.machine}"
    lines = [f"[{_key(own)}]", f"like = {json.dumps(report.machine)}"]
    lines += (f"{f'{key} = {value:g}':32}# {why}" for key, value, why in rows)
    say = f"\nWrite into ~/.config/bonemusic/machines.toml, with your own numbers, and cut with --machine {own}"
    return "\n".join([say, *(f"  {line}" for line in lines)])


def _key(name: str) -> str:
    """A TOML key: bare where it may be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _near(report: CardReport) -> float:
    """The pair nearest to 0.1 mm: a number to be replaced."""
    off = [abs(um - 100) for um in report.kerf_um]
    return float(round(report.kerf_um[off.index(min(off))]))


def _tag(report: CardReport, layer: str, colour: str) -> str:
    """What a layer is known by in the file."""
    if report.format == PENS:
        return f"pen {_pens(report).index(colour) + 1}"
    return layer if report.format in LAYERED else colour


def _pens(report: CardReport) -> list[str]:
    """The colour of each pen, the first one's first: groove, marks and cut, then as they come."""
    colours = [report.groove_colour, report.marks_colour, report.cut_colour]
    colours += (each.colour for each in report.heights)
    colours += (each.colour for each in report.patches)
    return list(dict.fromkeys(colours))


def _strength(patch: Patch) -> str:
    return f"{patch.depth_um:g} µm" if patch.power_percent is None else f"{patch.power_percent:g} %"


def _speed(patch: Patch) -> str:
    return f"{patch.speed_percent:g} %" if patch.speed_mm_s is None else f"{patch.speed_mm_s:g} mm/s"


def _usual(report: CardReport) -> str:
    return _both(report.groove_power_percent, report.groove_speed_mm_s) or "your usual setting for grooves"


def _through(report: CardReport) -> str:
    return _both(report.cut_power_percent, report.cut_speed_mm_s) or "what cuts the sheet"


def _both(percent: float | None, mm_s: float | None) -> str:
    said: Sequence[str] = [f"{percent:g} %"] if percent is not None else []
    return ", ".join([*said, *([f"{mm_s:g} mm/s"] if mm_s is not None else [])])


def _item(words: str) -> str:
    return textwrap.fill(words, WIDE, initial_indent="  - ", subsequent_indent="    ")


def _wrapped(words: str) -> str:
    return textwrap.fill(words, WIDE)
