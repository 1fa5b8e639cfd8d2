"""`check` as a person and a script see it: its JSON, table, page and exit code, with songs of every awkward kind."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bonemusic.workshop.checked import CheckReport, NeedleCheck, Place, SideCheck, SongCheck, Spot

from ..report.outline import Outline
from .conftest import Run, refused, snapshot, song

SMALL = ("--disc", "card-5in-78")
LATHE = ("--disc", "12in-33", "--machine", "lathe")
HOSTILE = "<script>alert('1')</script>&amp;"


def fields(kind: type) -> set[str]:
    return {f.name for f in dataclasses.fields(kind)}


def checked(run: Run, *args: object) -> Any:
    result = run("check", *args, "--json")
    assert result.code == 0, result
    assert result.out.count(b"\n") == 1
    return json.loads(result.out, parse_constant=pytest.fail)


def printable(text: str) -> bool:
    """Whether nothing in a line takes over a terminal; numbers are tied to their units."""
    return text.replace("\xa0", " ").isprintable()


def nothing_is_fetched(page: str) -> Outline:
    """A page that opens offline, taken apart."""
    outline = Outline(page)
    tags = {tag for tag, _ in outline.tags}
    assert not {"script", "iframe", "object", "embed", "base", "form", "img", "image"} & tags
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    for name in ("src", "href", "srcset", "xlink:href", "data", "poster", "action"):
        assert all(value.startswith(("#", "data:")) for value in outline.all(name)), name
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert "@import" not in page
    return outline


@pytest.fixture
def loud(tmp_path: Path) -> Path:
    """Six seconds of stereo: a chord, clipped, with hisses, and bass out of phase at the end."""
    rate_hz = 44_100
    t = np.arange(6 * rate_hz) / rate_hz
    rng = np.random.default_rng(3)
    left = np.clip(0.9 * np.sin(2 * np.pi * 220 * t) + 0.5 * np.sin(2 * np.pi * 330 * t), -1, 1)
    left = np.clip(left + 0.9 * np.where((t > 2) & (t < 2.3), np.diff(rng.standard_normal(len(t) + 1)), 0), -1, 1)
    right = np.where(t < 4, left, -left)
    soundfile.write(tmp_path / "loud.wav", np.stack((left, right), axis=1), rate_hz, subtype="PCM_16")
    return tmp_path / "loud.wav"


def test_json_has_every_field(run: Run, place: Path, loud: Path) -> None:
    told = checked(run, loud, *LATHE)
    assert set(told) == fields(CheckReport)
    assert told["title"] == "loud"
    (side,) = told["sides"]
    assert set(side) == fields(SideCheck)
    assert (side["side"], side["fits"], side["why"]) == ("A", True, None)
    assert (side["disc"], side["machine"], side["curve"]) == ("12in-33", "lathe", "riaa")
    for rows, kind in ((side["songs"], SongCheck), (side["predicted"], Place), (side["spots"], Spot)):
        assert rows
        assert all(set(row) == fields(kind) for row in rows)
    assert set(side["needle"]) == fields(NeedleCheck)
    assert side["head"]["limit_m_s2"] >= 1300
    assert [place["name"] for place in side["predicted"]] == ["rim", "middle", "label"]
    assert {limit["name"] for limit in side["limits"]} >= {"land", "depth", "curvature", "slope"}
    assert not snapshot(place)


def test_spots_are_where_they_were_put(run: Run, place: Path, loud: Path) -> None:
    (side,) = checked(run, loud, *LATHE, "--master", "auto")["sides"]
    kinds = {spot["kind"] for spot in side["spots"]}
    assert {"clipping", "out-of-phase bass"} <= kinds
    assert all(spot["song"] == "loud.wav" for spot in side["spots"])
    assert all(0 <= spot["at_s"] <= 6 and spot["side_s"] == spot["at_s"] for spot in side["spots"])
    assert all(57 <= spot["radius_mm"] <= 146.3 for spot in side["spots"])
    phase = [spot["at_s"] for spot in side["spots"] if spot["kind"] == "out-of-phase bass"]
    assert max(phase) >= 4
    hot = [spot["amount_db"] for spot in side["spots"]]
    assert hot == sorted(hot, reverse=True)


def test_what_is_checked_is_what_is_cut(run: Run, place: Path, loud: Path) -> None:
    wish = (*LATHE, "--master", "auto", "--pitch", "variable")
    (side,) = checked(run, loud, *wish)["sides"]
    result = run("cut", loud, "-o", "a.wav", *wish, "--json")
    report = json.loads(result.out)
    same = "disc rpm curve machine pitch level_db drive_db limited_by limits touched touched_percent music_turns"
    for name in same.split():
        assert side[name] == report[name], name
    # the spiral itself, where a cut tells of the line that is drawn
    swing = report["peak_displacement_um"] / 1e3 + 0.01
    assert side["music_outer_radius_mm"] == pytest.approx(report["music_outer_radius_mm"], abs=swing)
    assert side["music_inner_radius_mm"] == pytest.approx(report["music_inner_radius_mm"], abs=swing)


def test_a_table_for_a_terminal(run: Run, place: Path, loud: Path) -> None:
    result = run("check", loud, *LATHE)
    assert result.code == 0
    text = result.out.decode()
    for words in ("loud: it fits", "side A, 12in-33", "songs\n", "room before each limit", "listen before cutting",
                  "needle:", "cutter head:", "loud.wav", "LUFS"):  # fmt: skip
        assert words in text, words
    assert all(printable(line) and len(line) <= 160 for line in text.splitlines())
    quiet = run("check", loud, *LATHE, "--quiet")
    assert (quiet.code, quiet.out, quiet.said) == (0, b"", ())


def test_a_side_that_does_not_fit_ends_with_1_and_is_told_all_the_same(run: Run, place: Path) -> None:
    long = song(place.parent / "long.wav", 300, 8000)
    result = run("check", long, *SMALL, "--json", "-o", "page.html")
    assert result.code == 1
    (side,) = json.loads(result.out)["sides"]
    assert side["fits"] is False
    assert "does not fit" in side["why"]
    assert side["advice"]
    page = (place / "page.html").read_text("utf-8")
    plain = nothing_is_fetched(page).plain()
    assert "does not fit" in plain
    assert not re.search(r"\b(None|nan|inf)\b", plain)
    words = run("check", long, *SMALL)
    assert words.code == 1
    assert b"DOES NOT FIT" in words.out


@pytest.mark.parametrize("more", [(), ("--sides", "auto"), ("--sides", "2")])
def test_hours_of_silence_hold_nobody_up(run: Run, place: Path, more: tuple[str, ...]) -> None:
    long = place.parent / "hours.wav"
    soundfile.write(long, np.zeros(1000 * 2400, np.float32), 1000)
    result = run("check", long, *SMALL, "--json", *more)
    assert result.code == 1
    if result.out:
        assert not any(side["fits"] for side in json.loads(result.out)["sides"])
    else:
        refused(result, "hours.wav", "do not fit")
    refused(run("cut", long, "-o", "a.svg", *SMALL, *more), codes=(1,))


def test_a_level_that_does_not_fit_is_told_of(run: Run, place: Path, loud: Path) -> None:
    result = run("check", loud, *SMALL, "--level", "40dB", "--json", "-o", "page.html")
    assert result.code == 1
    (side,) = json.loads(result.out)["sides"]
    assert not side["fits"]
    assert "level does not fit" in side["why"]
    assert (place / "page.html").stat().st_size > 1000


def test_the_page_is_one_file_with_sounds_before_and_after(run: Run, place: Path, loud: Path) -> None:
    result = run("check", loud, *LATHE, "--master", "auto", "-o", "page.html", "--json")
    assert result.code == 0
    (side,) = json.loads(result.out)["sides"]
    outline = nothing_is_fetched((place / "page.html").read_text("utf-8"))
    plain = outline.plain()
    assert "It fits" in plain
    players = [attrs["src"] for tag, attrs in outline.tags if tag == "audio"]
    assert len(players) == 2 * len(side["spots"]) > 0
    for player in players:
        samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(player.split(",")[1])))
        assert 2.5 < len(samples) / rate_hz < 3.3
        assert np.abs(samples).max() > 0.01
    for spot in side["spots"]:
        assert spot["kind"] in plain
    assert (place / "page.html").stat().st_size < 5e6


def test_same_songs_same_page(run: Run, place: Path, loud: Path) -> None:
    for name in ("a.html", "b.html"):
        assert run("check", loud, *SMALL, "-o", name, "--quiet").code == 0
    assert (place / "a.html").read_bytes() == (place / "b.html").read_bytes()


@pytest.mark.shared
def test_the_page_of_real_music(run: Run, place: Path, minstrels: Path) -> None:
    result = run("check", minstrels, "--disc", "10in-78", "-o", "page.html", "--json")
    assert result.code == 0
    (side,) = json.loads(result.out)["sides"]
    assert side["songs"][0]["loudness_lufs"] == pytest.approx(-20, abs=10)
    page = (place / "page.html").read_text("utf-8")
    outline = nothing_is_fetched(page)
    assert "It fits" in outline.plain()
    assert sum(tag == "audio" for tag, _ in outline.tags) == 2 * len(side["spots"])
    assert sum(tag == "svg" for tag, _ in outline.tags) >= 3
    assert len(page) < 5e6


@pytest.mark.parametrize(
    "name", [f"{HOSTILE}.wav".replace("/", "⁄"), "two\nlines.wav", "🦴 ♫.wav", "x" * 200 + ".wav", "‮gnp.wav", " .wav",
             "%s{0}$(id)`id`.wav", "-dash.wav", "\x1b[31mred.wav"],
)  # fmt: skip
def test_hostile_names(run: Run, place: Path, wav: Path, name: str) -> None:
    path = place.parent / name
    path.write_bytes(wav.read_bytes())
    (side,) = checked(run, path, *SMALL, "-o", "page.html")["sides"]
    assert side["songs"][0]["name"] == name
    nothing_is_fetched((place / "page.html").read_text("utf-8"))
    result = run("check", path, *SMALL)
    assert result.code == 0
    assert all(printable(line) for line in result.out.decode().splitlines())
    assert all(printable(line) for line in result.said)


def test_where_a_page_cannot_go(run: Run, untouched: Path, wav: Path) -> None:
    (untouched.parent / "folder").mkdir()
    refused(run("check", wav, *SMALL, "-o", untouched.parent / "folder"), "directory", codes=(1, 2))
    refused(run("check", wav, *SMALL, "-o", "missing/page.html"), "no folder missing", codes=(1, 2))
    refused(run("check", wav, *SMALL, "-o", ""), "empty", codes=(2,))
    refused(run("check", wav, *SMALL, "-o", "disc.svg"), ".html", codes=(2,))  # a drawing is not written over
    own = untouched.parent / "own.wav"
    own.write_bytes(wav.read_bytes())
    refused(run("check", own, wav, *SMALL, "-o", own), "own.wav", codes=(1, 2))
    assert own.read_bytes() == wav.read_bytes()
    refused(run("check", wav, *SMALL, "--json", "-o", "-"), "--json", "-o -", codes=(2,))


def test_a_page_into_a_pipe(execute: Run, run: Run, place: Path, wav: Path) -> None:
    piped = execute("check", wav, *SMALL, "-o", "-")
    assert piped.code == 0
    assert piped.out.startswith(b"<!doctype html>")
    assert run("check", wav, *SMALL, "-o", "page.html").code == 0
    assert piped.out == (place / "page.html").read_bytes()


def test_songs_that_cannot_be_read(run: Run, untouched: Path, wav: Path, disc: Path) -> None:
    refused(run("check", "missing.wav"), "missing.wav", codes=(1,))
    refused(run("check", wav, "missing.wav", "-o", "out.html"), "missing.wav", codes=(1,))
    refused(run("check", disc), "disc.svg", codes=(1,))
    refused(run("check"), "SONG", codes=(2,))
    refused(run("check", wav, "--machine", "laser"), "laser", codes=(2,))
    refused(run("check", wav, "--level", "loud"), "level", codes=(2,))


@pytest.mark.parametrize("seconds", [0.06, 2.0])
def test_short_songs(run: Run, place: Path, seconds: float) -> None:
    short = song(place.parent / "short.wav", seconds)
    for wish in (SMALL, LATHE, (*SMALL, "--master", "auto")):
        (side,) = checked(run, short, *wish, "-o", "page.html")["sides"]
        assert side["fits"]
        assert side["seconds"] == pytest.approx(seconds, abs=1e-3)
        plain = nothing_is_fetched((place / "page.html").read_text("utf-8")).plain()
        assert not re.search(r"\b(None|nan|inf)\b", plain)
    if seconds < 0.4:
        assert side["songs"][0]["loudness_lufs"] is None
    refused(run("check", song(place.parent / "shorter.wav", 0.03)), "too short", codes=(1,))


def test_silence(run: Run, place: Path) -> None:
    silence = place.parent / "silence.wav"
    soundfile.write(silence, np.zeros((44_100 * 2, 2)), 44_100)
    for wish in (SMALL, LATHE, (*LATHE, "--master", "auto", "--compensate", "lp-18")):
        (side,) = checked(run, silence, *wish, "-o", "page.html")["sides"]
        assert side["fits"]
        assert side["level_db"] is None
        assert side["spots"] == []
        assert side["needle"]["stays"]
        plain = nothing_is_fetched((place / "page.html").read_text("utf-8")).plain()
        assert "silence" in plain
        assert not re.search(r"\b(None|nan|inf)\b", plain)
        assert run("check", silence, *wish).code == 0


def test_a_laser_has_noise_and_a_lathe_none(run: Run, place: Path) -> None:
    chord = song(place.parent / "chord.wav", 8, 44_100)
    (laser,) = checked(run, chord, "--machine", "laser-1200")["sides"]
    (lathe,) = checked(run, chord, *LATHE)["sides"]
    assert all(5 < place["snr_db"] < 60 for place in laser["predicted"])
    assert laser["head"] is None
    assert all(4500 < place["bandwidth_hz"] < 5800 for place in laser["predicted"])
    assert all(place["snr_db"] is None for place in lathe["predicted"])
    speeds = [place["speed_m_s"] for place in laser["predicted"]]
    assert speeds == sorted(speeds, reverse=True)
    result = run("cut", chord, "-o", "a.svg", "--machine", "laser-1200", "--json")
    middle = np.mean([place["snr_db"] for place in laser["predicted"]])
    assert middle == pytest.approx(json.loads(result.out)["predicted_snr_db"], abs=3)


def test_two_sides_have_two_reports_on_one_page(run: Run, place: Path, loud: Path, wav: Path) -> None:
    told = checked(run, loud, wav, *SMALL, "--sides", "2", "-o", "page.html")
    assert [side["side"] for side in told["sides"]] == ["A", "B"]
    assert [side["songs"][0]["name"] for side in told["sides"]] == ["loud.wav", "song.wav"]
    outline = nothing_is_fetched((place / "page.html").read_text("utf-8"))
    assert {"side-1", "side-2"} <= set(outline.all("id"))
    more = run("check", loud, wav, *SMALL, "--sides", "3", "--json")
    if more.code == 0:
        assert len(json.loads(more.out)["sides"]) == 2
    else:
        assert more.code in (1, 2)


def test_a_stretch_of_a_song_is_heard_where_it_lies(run: Run, place: Path, loud: Path) -> None:
    (side,) = checked(run, loud, *LATHE, "--start", "1", "--end", "5", "-o", "page.html")["sides"]
    assert side["seconds"] == pytest.approx(4, abs=1e-3)
    assert all(spot["at_s"] <= 4 for spot in side["spots"])


def test_the_turntable_is_looked_up(run: Run, place: Path, wav: Path) -> None:
    (side,) = checked(run, wav, *SMALL, "--turntable", "portable")["sides"]
    quiet = checked(run, wav, *SMALL)["sides"][0]
    assert side["predicted"][0]["snr_db"] < quiet["predicted"][0]["snr_db"]
    refused(run("check", wav, "--turntable", "gramophone"), "gramophone", codes=(2,))


def test_outline_hole_and_label_are_checked_as_they_would_be_cut(run: Run, place: Path, wav: Path) -> None:
    told = checked(run, wav, *SMALL, "--hole", "7.24mm,0.6mm,0", "--outline", "round")
    (side,) = told["sides"]
    assert any("off the groove's centre: the pitch will waver" in line for line in side["warnings"])
    Path("rim.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="150mm" height="150mm" viewBox="0 0 150 150">'
        '<rect x="1" y="50" width="148" height="50"/></svg>'
    )
    for more, why in (
        (("--outline", "rim.svg"), "rim.svg: the outline crosses the groove"),
        (("--qr", "x" * 1500), "no room for the QR code"),
    ):
        result = run("check", wav, *SMALL, *more, "--json")
        (side,) = json.loads(result.out)["sides"]
        assert (result.code, side["fits"]) == (1, False)
        assert why in side["why"]


def test_the_page_draws_the_outline(run: Run, place: Path, wav: Path) -> None:
    assert run("check", wav, *SMALL, "-o", "card.html", "--outline", "card").code == 0
    (d,) = re.findall(r'<path class="film" d="M([^"]*)z"/>', Path("card.html").read_text("utf-8"))
    corners = np.array([each.split() for each in d.split("L")], float)
    assert np.ptp(corners, axis=0) == pytest.approx([127, 177.8], abs=0.01)


def test_a_recipe_for_a_contact_sheet_can_be_checked(run: Run, place: Path, wav: Path) -> None:
    Path("it.toml").write_text('place = "contact"\nsheet = "film.png"\nview = "plain"\n')
    assert checked(run, wav, *SMALL, "--config", "it.toml")["sides"][0]["fits"]
