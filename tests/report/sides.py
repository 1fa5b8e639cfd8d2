"""A checked side whose every figure is known: 200 turns at 33⅓ rpm, 0.1 mm from turn to turn, then 0.3 mm."""

from __future__ import annotations

import dataclasses

import numpy as np

from bonemusic.cutting.fit import Limit
from bonemusic.workshop.checked import (
    CheckReport,
    HeadCheck,
    NeedleCheck,
    Pictures,
    Place,
    Remains,
    SideCheck,
    SongCheck,
    Spot,
    SpotSound,
)
from bonemusic.workshop.machining import Machining
from bonemusic.workshop.reports import Touch

HOSTILE = "</title><script>alert(\"1\")</script>' onerror='x' &amp; $x_{y$ --> \u202egnp\x00\udcff\n{title}"
TURN_S = 1.8
OUTER_MM = 140.0
RATE_HZ = 44100


def radius_mm(turn):
    """Of the music: 100 turns at 0.1 mm, then at 0.3 mm."""
    return OUTER_MM - np.where(turn < 100, 0.1 * turn, 10 + 0.3 * (turn - 100))


SONGS = (
    SongCheck("Knolls", 180.0, 44100, 2, -14.25, -0.31, 0.0, OUTER_MM, 130.0),
    SongCheck("Minstrels", 180.0, 96000, 1, None, None, 180.0, 130.0, 100.0),
)
SPOTS = (
    Spot("sibilance", "Minstrels", 90.5, 270.45, float(radius_mm(150.25)), 4.62, "the s of ‘stone’ is too sharp"),
    Spot("clipping", "Knolls", 45.0, 45.0, float(radius_mm(25.0)), -0.5, "nearly cut off"),
)
PLACES = (
    Place("rim", 140.0, 0.4887, 16000.0, 58.4, ((100.0, 0.0), (10000.0, -1.0)), ((1000.0, 0.1), (3000.0, 0.9))),
    Place("middle", 120.0, 0.4189, 13200.0, None, ((100.0, 0.0), (10000.0, -3.0)), ((1000.0, 0.2), (3000.0, 1.7))),
    Place("label", 100.0, 0.3491, 7900.0, 51.0, ((100.0, 0.0), (10000.0, -9.0)), ((1000.0, 0.0), (3000.0, 4.8))),
)
SIDE = SideCheck(
    side="A",
    fits=True,
    why=None,
    disc="12in-33",
    rpm=100 / 3,
    curve="riaa",
    machine="lathe",
    stylus="lp-18",
    sheet="lacquer",
    pitch="auto",
    level_db=3.24,
    drive_db=4.41,
    limited_by="treble",
    seconds=360.0,
    music_turns=200.0,
    music_outer_radius_mm=OUTER_MM,
    music_inner_radius_mm=100.0,
    room_left_mm=42.4,
    holds_s=1421.0,
    least_pitch_um=100.0,
    mean_pitch_um=200.0,
    greatest_pitch_um=300.0,
    songs=SONGS,
    limits=(Limit("slope", 9.2, 300.2), Limit("curvature", 0.3, 92.0), Limit("land", -3.2, None)),
    touched=(Touch("velocity", 0.7, -3.4), Touch("curvature", 0.52, -5.2), Touch("bass to mono", 0.0, 0.0)),
    touched_percent=1.3,
    needle=NeedleCheck(True, 4.1, 92.0, 20.0, "20 mN hold the needle with 4.1 dB to spare"),
    head=HeadCheck(910.0, 1300.0, 3.1, 92.0, "the coils stay 3.1 dB under what they stand"),
    predicted=PLACES,
    machining=Machining("svg", 1500.0, 900_000, 3_800_000, 1),
    remains=(Remains("lp-18", 8000.0, -26.1, -66.3), Remains("elliptical", 8000.0, -35.0, -29.0)),
    spots=SPOTS,
    advice=("cut the s of ‘stone’ by 2 dB",),
    warnings=("the songs have different rates",),
)


def sound(peak=0.5, rate_hz=RATE_HZ, channels=2, seconds=3.0):
    """A tone of 440 Hz, and the same at half the level after."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    tone = (peak * np.sin(2 * np.pi * 440 * at)).astype(np.float32)
    return SpotSound(np.stack([tone] * channels, 1), np.stack([tone] * channels, 1) / 2, rate_hz)


def _pictures():
    turns = np.arange(-2, 203, 0.25)
    music = radius_mm(np.clip(turns, 0, 200)) - np.minimum(turns, 0) * 1.2 - np.maximum(turns - 200, 0) * 6.4
    at = np.arange(0, 360, 0.1)
    return Pictures(
        turns=turns + 2,
        radius_m=music / 1e3,
        pitch_m=np.abs(np.gradient(music, turns)) / 1e3,
        turn_times_s=turns * TURN_S,
        times_s=at,
        loudness_db=np.where((at > 178) & (at < 180), -np.inf, -14 + 3 * np.sin(at / 20)),
        swing_m=40e-6 * (1 + np.sin(at / 20) / 2),
        touched_s=np.array([[10.0, 10.5], [10.2, 11.0], [270.4, 270.6]]),
        marks=((0.0, "Knolls"), (180.0, "Minstrels")),
        disc_diameter_m=0.301,
        hole_m=0.00724,
        recorded_m=0.2926,
        music_inner_m=0.1152,
        locked_m=0.1064,
        sounds=(sound(), sound(rate_hz=96000)),
    )


PICTURES = _pictures()
REPORT = CheckReport("Knolls and minstrels", (SIDE,), ("both sides at one level",))
SILENT = dataclasses.replace(
    SIDE,
    level_db=None,
    drive_db=0.0,
    limited_by="wish",
    holds_s=float("inf"),
    limits=(Limit("slope", None, None), Limit("swing", float("inf"), None)),
    touched=(),
    touched_percent=0.0,
    head=None,
    predicted=(),
    machining=None,
    remains=(),
    spots=(),
    advice=(),
    warnings=(),
)
SILENT_PICTURES = dataclasses.replace(
    PICTURES,
    loudness_db=np.full_like(PICTURES.loudness_db, -np.inf),
    swing_m=np.zeros_like(PICTURES.swing_m),
    touched_s=np.zeros((0, 2)),
    sounds=(),
)
_NOTHING = np.zeros(0)
UNPLACED = dataclasses.replace(
    SIDE,
    fits=False,
    why="it lasts 2:10:00, more than any disc holds",
    music_turns=0.0,
    limited_by="time",
    holds_s=0.0,
    spots=(),
    songs=(),
    predicted=(),
    machining=None,
    limits=(),
    room_left_mm=-12.0,
)
UNPLACED_PICTURES = dataclasses.replace(
    PICTURES,
    turns=_NOTHING,
    radius_m=_NOTHING,
    pitch_m=_NOTHING,
    turn_times_s=_NOTHING,
    times_s=_NOTHING,
    loudness_db=_NOTHING,
    swing_m=_NOTHING,
    touched_s=np.zeros((0, 2)),
    marks=(),
    sounds=(),
)
BAD = dataclasses.replace(
    SIDE,
    disc=HOSTILE,
    curve=HOSTILE,
    machine=HOSTILE,
    stylus=HOSTILE,
    sheet=HOSTILE,
    pitch=HOSTILE,
    songs=tuple(dataclasses.replace(song, name=HOSTILE) for song in SONGS),
    spots=tuple(dataclasses.replace(spot, song=HOSTILE, said=HOSTILE) for spot in SPOTS),
    limits=(Limit(HOSTILE, 1.0, 2.0),),
    touched=(Touch(HOSTILE, 1.0, -1.0),),
    needle=NeedleCheck(False, None, None, 20.0, HOSTILE),
    head=dataclasses.replace(SIDE.head, said=HOSTILE),
    remains=(Remains(HOSTILE, 1000.0, -1.0, -2.0),),
    advice=(HOSTILE,),
    warnings=(HOSTILE,),
)
BAD_PICTURES = dataclasses.replace(PICTURES, marks=((0.0, HOSTILE), (180.0, HOSTILE)))
