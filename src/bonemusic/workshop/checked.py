"""What `check` tells before anything is cut: frozen reports whose fields are the keys of `--json`.

Beside them, not for JSON, what the report draws and lets be heard: `Pictures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from .reports import Touch

if TYPE_CHECKING:
    from ..cutting.fit import Limit
    from .limits import LimitedBy
    from .machining import Machining

SpotKind = Literal[
    "sibilance", "out-of-phase bass", "inner-groove distortion", "clipping", "curvature", "swing", "needle"
]
PlaceName = Literal["rim", "middle", "label"]


@dataclass(frozen=True)
class Spot:
    """A moment to listen to before cutting.

    Attributes
    ----------
    kind : str
        What is hot there.
    song : str
        The name of the song.
    at_s, side_s : float
        When, from the song's beginning and from the side's first music.
    radius_mm : float
        Where on the disc it will lie.
    amount_db : float
        How far over its limit the song as given is there; negative where it stays under.
    said : str
        The same in one sentence.
    """

    kind: SpotKind
    song: str
    at_s: float
    side_s: float
    radius_mm: float
    amount_db: float
    said: str


@dataclass(frozen=True)
class SongCheck:
    """One song of a side.

    Attributes
    ----------
    name : str
    seconds : float
    rate_hz, channels : int
        As the file has them.
    loudness_lufs : float or None
        Integrated, ITU-R BS.1770-4; None for silence and for less than a block of 0.4 s.
    true_peak_db : float or None
        dBTP, ITU-R BS.1770-4; None for silence.
    side_s : float
        Where it begins, from the side's first music.
    outer_radius_mm, inner_radius_mm : float
        Where on the disc it will lie.
    """

    name: str
    seconds: float
    rate_hz: int
    channels: int
    loudness_lufs: float | None
    true_peak_db: float | None
    side_s: float
    outer_radius_mm: float
    inner_radius_mm: float


@dataclass(frozen=True)
class Place:
    """What to expect of the sound at one place of the side, for the machine and stylus chosen.

    Attributes
    ----------
    name : str
    radius_mm, speed_m_s : float
        Radius, and the speed of the groove under the needle there.
    bandwidth_hz : float
        The highest frequency that is still carried.
    snr_db : float or None
        Music over the noise of the machine's grid; None where the machine has none.
    response : tuple of (frequency_hz, gain_db)
    distortion : tuple of (frequency_hz, thd_percent)
        Tracing distortion of a tone as loud as the side.
    """

    name: PlaceName
    radius_mm: float
    speed_m_s: float
    bandwidth_hz: float
    snr_db: float | None
    response: tuple[tuple[float, float], ...]
    distortion: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class NeedleCheck:
    """Whether the needle stays in: by how much the groove holds it, and where it holds it least."""

    stays: bool
    spare_db: float | None
    at_s: float | None
    force_mn: float
    said: str


@dataclass(frozen=True)
class HeadCheck:
    """How near a cutter head comes to what it stands for minutes: RMS acceleration, as heat."""

    rms_m_s2: float
    limit_m_s2: float
    spare_db: float
    at_s: float
    said: str


@dataclass(frozen=True)
class Remains:
    """Harmonic distortion of one tone that a stylus plays, of a plain groove and of one compensated for another tip."""

    stylus: str
    frequency_hz: float
    plain_db: float
    compensated_db: float


@dataclass(frozen=True)
class SideCheck:
    """What one side of a disc will be.

    Attributes
    ----------
    side : str
        A, B, …
    fits : bool
    why : str or None
        Why it does not fit.
    disc, curve, machine, stylus, sheet, pitch : str
        The wish; `sheet` None where none is named.
    rpm : float
    level_db : float or None
        Peak recorded velocity against 5 cm/s lateral; None for silence.
    drive_db : float
        How much louder than without limiting.
    limited_by : str
        time, bass, treble, phase, sheet, pickup or wish.
    seconds, music_turns, music_outer_radius_mm, music_inner_radius_mm : float
        The music only, from the first song's beginning to the last one's end.
    room_left_mm : float
        Between where the music ends and where it has to.
    holds_s : float
        How long a side like this could be.
    least_pitch_um, mean_pitch_um, greatest_pitch_um : float
        Turns centre to centre, the music only.
    songs : tuple of SongCheck
    limits : tuple of cutting.fit.Limit
    touched : tuple of Touch
    touched_percent : float
        Over how much of the time any step touched the sound.
    needle : NeedleCheck
    head : HeadCheck or None
        None where the machine has no cutter head.
    predicted : tuple of Place
    machining : Machining or None
        What the drawing asks of the machine; None where nothing is drawn: stereo goes to a lathe.
    remains : tuple of Remains
        Empty where nothing is compensated.
    spots : tuple of Spot
        The hottest first.
    advice, warnings : tuple of str
        What to change, one sentence each; what to know.
    """

    side: str
    fits: bool
    why: str | None
    disc: str
    rpm: float
    curve: str
    machine: str
    stylus: str
    sheet: str | None
    pitch: str
    level_db: float | None
    drive_db: float
    limited_by: LimitedBy
    seconds: float
    music_turns: float
    music_outer_radius_mm: float
    music_inner_radius_mm: float
    room_left_mm: float
    holds_s: float
    least_pitch_um: float
    mean_pitch_um: float
    greatest_pitch_um: float
    songs: tuple[SongCheck, ...]
    limits: tuple[Limit, ...]
    touched: tuple[Touch, ...]
    touched_percent: float
    needle: NeedleCheck
    head: HeadCheck | None
    predicted: tuple[Place, ...]
    machining: Machining | None
    remains: tuple[Remains, ...]
    spots: tuple[Spot, ...]
    advice: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class CheckReport:
    """Songs checked for a disc, one side after the other."""

    title: str
    sides: tuple[SideCheck, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class SpotSound:
    """A spot to listen to: 3 s as given and as it will be cut and played.

    Attributes
    ----------
    before, after : ndarray, (frames, channels), float32
        Full scale is 1; both at the same gain.
    rate_hz : int
    """

    before: NDArray[Any]
    after: NDArray[Any]
    rate_hz: int


@dataclass(frozen=True)
class Pictures:
    """What the report draws of one side.

    Attributes
    ----------
    turns, radius_m, pitch_m : ndarray, (n,)
        The whole groove, from lead-in to lead-out: turns from the groove's beginning, where the unmodulated groove
        lies and how far the next turn is. A few hundred to a few thousand points.
    turn_times_s : ndarray, (n,)
        The time at each, from the side's first music; negative in the lead-in.
    times_s, loudness_db, swing_m : ndarray, (m,)
        From the side's first music: short-term loudness (3 s, LUFS; -inf in silence) of what was given and the
        greatest lateral swing around that moment as cut.
    touched_s : ndarray, (k, 2)
        Beginnings and ends of the moments that mastering touched.
    marks : tuple of (float, str)
        Times at which songs begin, and their names.
    disc_diameter_m, hole_m, recorded_m, music_inner_m, locked_m : float
        Diameters of the disc, its hole, the outermost groove, the least one for music and of the locked groove.
    sounds : tuple of SpotSound
        In the order of the side's spots; may be fewer.
    outline_m : ndarray, (n, 2), or None
        The corners of an outline, around the spindle, y up; None for a circle.
    hole_at_m : (float, float)
        The middle of the hole.
    """

    turns: NDArray[Any]
    radius_m: NDArray[Any]
    pitch_m: NDArray[Any]
    turn_times_s: NDArray[Any]
    times_s: NDArray[Any]
    loudness_db: NDArray[Any]
    swing_m: NDArray[Any]
    touched_s: NDArray[Any]
    marks: tuple[tuple[float, str], ...]
    disc_diameter_m: float
    hole_m: float
    recorded_m: float
    music_inner_m: float
    locked_m: float
    sounds: tuple[SpotSound, ...]
    outline_m: NDArray[Any] | None = None
    hole_at_m: tuple[float, float] = (0.0, 0.0)
