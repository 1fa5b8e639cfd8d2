"""The demo's page: the record to look at, to hear and to cut again. One file, no script, nothing from elsewhere."""

from __future__ import annotations

import shlex

from ..cutting.fit import Limit
from ..workshop.demo import DemoReport, Heard
from .figures import HAIR_UM, above, section, side
from .style import style_of
from .words import address, decibels, duration, length, number, speed, text, time, with_unit

LONG_TITLE = 32
BEYOND = {
    "slope": "the groove would run across itself more steeply than a needle can climb",
    "curvature": "a bend would be tighter than the tip of the needle",
    "land": "one turn would break into the next",
    "swing": "the needle would have to swing further than a good pickup follows",
    "velocity": "the needle would be thrown faster than a good pickup follows",
}


def page(report: DemoReport) -> str:
    """The page, HTML in one piece; the sounds and pictures are files beside it.

    Every text of the report is escaped: a song's file name can be anything.
    """
    style = style_of("shared.css", "demo.css")
    title = text(report.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="dark light">\n'
        f"<title>{title} – music on bones</title>\n"
        f'<link rel="icon" href="{address(report.small)}">\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"{_hero(report, title)}{_story(report)}{_numbers(report)}{_microscope(report)}{_next(report)}"
        f"</main>\n{_files(report)}</body>\n</html>\n"
    )


def _hero(report: DemoReport, title: str) -> str:
    cut, shape = report.cut, report.shape
    size = ' class="long"' if len(report.title) > LONG_TITLE else ""
    turning = f"{60 / cut.rpm:.4g}s"
    return f"""<section class="hero">
<header>
<p class="label">Music on bones <span>side 1 of 1</span> <span>{speed(cut.rpm)} rpm</span></p>
<h1{size}><bdi>{title}</bdi></h1>
<p class="lead">{duration(cut.music_seconds)} of music, cut as {with_unit(shape.groove_m, "metres", 1)} of groove
into an X-ray, and played again.</p>
</header>
<figure class="box">
<div class="light" style="--turn:{turning}">
<a href="{address(report.picture)}"><img src="{address(report.small)}" width="1400" height="1400"
 alt="The record: a round disc of X-ray film on a light table, a chest with its ribs and spine, and over it the fine
 bright line of the groove. Opens the large picture."></a>
</div>
<figcaption>
<span class="switch"><input type="checkbox" id="turn">
<label for="turn">Let it turn at {speed(cut.rpm)} rpm</label></span>
<a href="{address(report.picture)}">The picture in full</a>
</figcaption>
</figure>
<section class="listen" aria-labelledby="listen">
<h2 id="listen">Listen</h2>
<ol>
{_player("As it went in", _about_song(report), report.song)}{"".join(_heard(report, one) for one in report.heard)}</ol>
</section>
</section>
"""


def _player(title: str, words: str, file: str) -> str:
    return (
        f'<li data-file="{text(file)}"><h3>{title}</h3>\n<p>{words}</p>\n'
        f'<audio controls preload="metadata" src="{address(file)}" '
        f'aria-label="{title}"><a href="{address(file)}">{text(file)}</a></audio></li>\n'
    )


def _about_song(report: DemoReport) -> str:
    if report.composed:
        return "A boogie-woogie that nobody plays: it is computed, note by note. This is what the groove has to carry."
    return "The song as it was given. This is what the groove has to carry."


def _heard(report: DemoReport, one: Heard) -> str:
    told = one.report
    if told.turntable == "ideal":
        return _player(
            "On the ideal turntable",
            f"Read back from the drawing by a needle without size, on a platter that never strays. After "
            f"{time(report.shape.lead_in_s)} of silent lead-in you hear all that the groove holds, in mono.",
            one.file,
        )
    if told.turntable == "portable":
        clicks = "no click" if not told.clicks_made else f"{told.clicks_made} click{'s' * (told.clicks_made != 1)}"
        return _player(
            "On the portable",
            f"A suitcase player, and a hole that is not quite in the middle: it runs a little fast "
            f"and wavers by {with_unit(told.wow_percent, '%', 1)}, dust makes {clicks}, there is a hiss, and the small "
            f"loudspeaker has no bass.",
            one.file,
        )
    return _player(f"On the turntable ‘{text(told.turntable)}’", "What this player makes of it.", one.file)


def _numbers(report: DemoReport) -> str:
    cut, shape = report.cut, report.shape
    facts = [
        (
            "Length",
            time(cut.music_seconds),
            f"{number(cut.music_turns, 1)} turns of music; {number(cut.turns, 1)} with the lead-in, the lead-out "
            f"and the groove at the end that leads into itself.",
        ),
        (
            "Groove",
            with_unit(shape.groove_m, "m", 1),
            f"One line without a break, {length(shape.groove_width_um)} wide and {length(shape.groove_depth_um)} deep "
            f"in {length(shape.sheet_um)} of film.",
        ),
        ("From turn to turn", length(cut.pitch_um), _pitch_words(report)),
        *_loudness(report),
        *_drawing(report),
    ]
    cards = "".join(
        f"<div><dt>{name}</dt><dd><strong>{value}</strong> <span>{words}</span></dd></div>\n"
        for name, value, words in facts
    )
    notes = "".join(f"<li>{text(note)}</li>" for note in cut.warnings)
    said = f'<div class="notes"><h3>Noted while cutting</h3><ul>{notes}</ul></div>\n' if notes else ""
    return (
        f'<section aria-labelledby="numbers">\n<h2 id="numbers">The record in numbers</h2>\n'
        f'<dl class="facts">\n{cards}</dl>\n{said}</section>\n'
    )


def _pitch_words(report: DemoReport) -> str:
    hairs = report.cut.pitch_um / HAIR_UM
    words = f"{number(hairs, 0 if hairs >= 5 else 1)} hairs of {length(HAIR_UM)}, laid side by side."
    if report.cut.closest_land_um is not None:
        words += f" Where two turns come nearest, {length(report.cut.closest_land_um)} of film is left between them."
    return words


def _loudness(report: DemoReport) -> list[tuple[str, str, str]]:
    cut = report.cut
    if cut.level_db is None:
        return [("Level", "silence", "The groove runs round without ever moving aside.")]
    rows = [
        (
            "Level",
            decibels(cut.level_db),
            f"Against 5\xa0cm/s, the zero that records are measured from. At its fastest the needle moves sideways at "
            f"{with_unit(cut.peak_velocity_cm_s, 'cm/s', 1)}; at its widest it is "
            f"{with_unit(cut.peak_displacement_um, 'µm')} off its path.",
        )
    ]
    nearest = min(
        (limit for limit in cut.limits if limit.name in BEYOND and limit.spare_db is not None),
        key=lambda limit: limit.spare_db or 0.0,
        default=None,
    )
    return [*rows, _limit(nearest)] if nearest else rows


def _limit(limit: Limit) -> tuple[str, str, str]:
    where = "" if limit.at_s is None else f" {time(limit.at_s)} into the song"
    spare = limit.spare_db or 0.0
    value = text(limit.name)
    louder = "Any louder, and" if spare < 0.05 else f"Only {with_unit(spare, 'dB', 1)} louder, and"
    return "What sets the limit", value, f"{louder}{where} {BEYOND[limit.name]}."


def _drawing(report: DemoReport) -> list[tuple[str, str, str]]:
    cut = report.cut
    rows = [
        (
            "Highest tone",
            with_unit(cut.bandwidth_hz / 1e3, "kHz", 1 if cut.bandwidth_hz % 1e3 else 0),
            "Up to there all of the song is drawn; what lies above is left out.",
        )
    ]
    step = "" if cut.step_um is None else f" on a grid of {length(cut.step_um)}"
    if cut.predicted_snr_db is not None:
        rows.append(
            (
                "Sound over noise",
                with_unit(cut.predicted_snr_db, "dB"),
                f"So far below the music lies the noise that comes of drawing it{step}.",
            )
        )
    rows.append(
        (
            "The drawing",
            with_unit(cut.bytes / 1e6, "MB", 1),
            f"{number(cut.points)} points{step}. The turntables above were given these points and nothing else.",
        )
    )
    return rows


def _microscope(report: DemoReport) -> str:
    cut, shape = report.cut, report.shape
    seen = ""
    if report.glimpse:
        seen = (
            f'<figure class="wide">{above(report.glimpse, shape)}<figcaption><strong>From above.</strong> '
            f"{time(report.glimpse.at_s)} into the song the needle moves fastest: "
            f"{with_unit(cut.peak_velocity_cm_s, 'cm/s', 1)} sideways. The rim is above, the middle of the disc "
            f"{with_unit(report.glimpse.radius_mm, 'mm')} below; nothing is stretched.</figcaption></figure>\n"
        )
    return f"""<section aria-labelledby="scope">
<h2 id="scope">Under the microscope</h2>
<div class="figures">
{seen}<figure>{section(shape)}<figcaption><strong>Cut across.</strong> The ball at the needle’s end,
{length(2 * shape.tip_um)} thick, rests on the two walls and never touches the bottom. The hair is one of
{length(HAIR_UM)}.</figcaption></figure>
<figure>{side(report)}<figcaption><strong>The side.</strong>
<ul class="key">
<li class="lead-in">lead-in: {_from_to(cut.outer_radius_mm, cut.music_outer_radius_mm)}</li>
<li class="music">music: {_from_to(cut.music_outer_radius_mm, cut.music_inner_radius_mm)}</li>
<li class="lead-out">lead-out: {_from_to(cut.music_inner_radius_mm, cut.inner_radius_mm)}</li>
<li class="locked">locked groove at {with_unit(cut.inner_radius_mm, "mm", 1)}, for ever</li>
</ul></figcaption></figure>
</div>
</section>
"""


def _from_to(outer_mm: float, inner_mm: float) -> str:
    return f"{number(outer_mm, 1)} to {with_unit(inner_mm, 'mm', 1)} from the middle"


def _story(report: DemoReport) -> str:
    nobody = "The tune and the bones on this page" if report.composed else "The bones on this page"
    return f"""<section class="story" aria-labelledby="story">
<h2 id="story">Music on bones</h2>
<div>
<p>In the Soviet Union of the 1950s, records that could not be bought were cut by hand into used X-ray film: one side,
78&nbsp;rpm, a hole burnt in the middle. They played on any turntable and went from hand to hand, until there were
millions. People called them <i lang="ru">рёбра</i>, ribs, and what was on them <i lang="ru">музыка на костях</i>,
music on bones.</p>
<p class="aside">{nobody} belong to nobody: they are made by code.</p>
</div>
</section>
"""


def _next(report: DemoReport) -> str:
    song = text(shlex.quote(report.song))
    drawing = f'<a href="{address(report.drawing)}">{text(report.drawing)}</a>'
    film = text(shlex.quote(report.film))
    return f"""<section class="next" aria-labelledby="next">
<h2 id="next">Now make one</h2>
<ol>
<li><h3>Take your own song</h3>
<p>The whole page again, with your music on it:</p>
<pre><code>bonemusic demo <var>SONG</var></code></pre>
<p>or, in the project’s folder, <code><span>make demo</span> <span>SONG=<var>path</var></span></code>. This lays it
over an X-ray, ours or one of yours:</p>
<pre><code>bonemusic cut {song} <span>--sheet {film}</span> <span>-o mine.png</span></code></pre></li>
<li><h3>Draw it for your machine</h3>
<p>{drawing} is a proof, finer than machines are. This one is for a laser cutter of 1200 dpi, and tells what the laser’s
coarser grid will cost in sound:</p>
<pre><code>bonemusic cut {song} <span>--machine laser-1200</span> <span>-o laser.svg</span></code></pre></li>
<li><h3>Cut: groove first, then the outline</h3>
<p>Open the drawing at its true size, {with_unit(report.shape.diameter_mm, "mm")} across. Let the laser follow the lines
of the layer <b>groove</b> with just enough power to leave a mark (try it on a corner), and only then cut the layer
<b>cut</b>, hole before rim, so that the disc does not shift.</p>
<p class="care">Take polyester film, with the air drawn off. Very old film may be cellulose nitrate, which burns
fiercely; vinyl gives off poisonous gas: keep both away from a laser.</p></li>
<li><h3>Play it</h3>
<p>Film is thin: lay it on an old record, perhaps with a coin by the hole, set {speed(report.cut.rpm)} rpm and a needle
for LPs. Without a laser, hear it in advance:</p>
<pre><code>bonemusic play laser.svg <span>--turntable portable</span> <span>-o heard.wav</span></code></pre></li>
</ol>
</section>
"""


def _files(report: DemoReport) -> str:
    rows = [
        (report.drawing, f"the record as a drawing, {with_unit(report.cut.bytes / 1e6, 'MB', 1)}"),
        (report.picture, "the record as a large picture"),
        (report.film, "the X-ray before it was cut"),
        (report.song, "the song as it went in"),
        *((one.file, f"the {text(one.report.turntable)} turntable") for one in report.heard),
    ]
    items = "".join(f'<li><a href="{address(name)}">{text(name)}</a> {words}</li>\n' for name, words in rows)
    return (
        f"<footer>\n<h2>In this folder</h2>\n<ul>\n{items}</ul>\n"
        "<p>Made by <b>bonemusic</b>. This page fetches nothing from anywhere.</p>\n</footer>\n"
    )
