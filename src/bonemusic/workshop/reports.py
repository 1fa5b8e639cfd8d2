"""What the workshop tells: frozen reports whose fields are the keys of `--json`."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..cutting.fit import Limit


@dataclass(frozen=True)
class SongReport:
    """One song of a side: how long it is, and where it begins, from the first one's beginning and on the disc."""

    name: str
    seconds: float
    side_s: float
    radius_mm: float


@dataclass(frozen=True)
class Touch:
    """What one step of mastering did: over how much of the time its gain was below -0.1 dB, and how low it went."""

    name: str
    share_percent: float
    deepest_db: float


@dataclass(frozen=True)
class CutReport:
    """What was cut. Radii of all that is drawn; `music_…`, peaks and `closest_…` of the music only.

    `sheet_width_mm` is that of the picture's sheet. Where the disc lies on it is spelt as `--place` takes it: one
    `place` or, on a contact sheet, several `places`.
    """

    song: str
    side: str
    songs: tuple[SongReport, ...]
    disc: str
    rpm: float
    curve: str
    machine: str
    stereo: bool
    pitch: str
    pitch_um: float
    least_pitch_um: float
    greatest_pitch_um: float
    level_db: float | None
    limited_by: str
    drive_db: float
    touched_percent: float
    touched: tuple[Touch, ...]
    high_pass_hz: float | None
    mono_below_hz: float | None
    compensated: str | None
    seconds: float
    turns: float
    outer_radius_mm: float
    inner_radius_mm: float
    music_seconds: float
    music_turns: float
    music_outer_radius_mm: float
    music_inner_radius_mm: float
    peak_velocity_cm_s: float
    peak_displacement_um: float
    closest_turns_um: float | None
    closest_land_um: float | None
    limits: tuple[Limit, ...]
    files: tuple[str, ...]
    points: int
    step_um: float | None
    bytes: int
    predicted_snr_db: float | None
    bandwidth_hz: float
    machine_seconds: float | None
    sheet_width_mm: float | None
    place: str | None
    places: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class PlayReport:
    """What was heard."""

    disc: str
    seconds: float
    rpm: float
    curve: str
    turntable: str
    stylus: str | None
    turns: float
    peak_dbfs: float | None
    gain_db: float
    wow_percent: float
    clicks_made: int
    clicks_mended: int
    confidence: float | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class GapReport:
    """A stretch of the side that the picture does not show: mended from what is around it, or too long for that."""

    at_s: float
    turn: float
    radius_mm: float
    milliseconds: float
    mended: bool


@dataclass(frozen=True)
class TransferReport:
    """What came out of a scan.

    Diameters are null where no such edge is seen. `hole_off_mm` is how far the hole lies from the groove's centre,
    `axis_stretch_percent` how much more dots lie to the millimetre across than down. Levels: 0 dB is 5 cm/s peak
    lateral velocity; the flat transfer's full scale is `flat_full_scale_cm_s`. `noise_db` is the level of the equalised
    copy, 100 Hz to 4.5 kHz, that a tenth of all moments lies below: noise is at most that. `noise_scanned_db` is the
    same of what was scanned, under the same curve, nothing turned down. `largest_gaps` are the longest of `gaps`.
    """

    scans: tuple[str, ...]
    files: tuple[str, ...]
    seconds: float
    rate_hz: int
    rpm: float
    rpm_from: str
    curve: str
    curve_from: str
    stylus: str | None
    track: str
    direction: str
    mirrored: bool
    locked_groove: bool
    turns: float
    outer_radius_mm: float
    inner_radius_mm: float
    pitch_um: float
    dpi: float
    centre_px: tuple[float, float]
    disc_diameter_mm: float | None
    label_diameter_mm: float | None
    hole_diameter_mm: float | None
    hole_off_mm: float | None
    axis_stretch_percent: float
    wow_before_percent: float | None
    wow_after_percent: float | None
    confidence: float
    unsure_percent: float
    gaps: int
    mended_seconds: float
    missing_seconds: float
    largest_gaps: tuple[GapReport, ...]
    clicks_mended: int
    flat_peak_dbfs: float | None
    flat_full_scale_cm_s: float
    peak_dbfs: float | None
    gain_db: float
    level_db: float | None
    noise_db: float | None
    noise_scanned_db: float | None
    noise_turned_down: bool
    suggested_curve: str | None
    suggested_why: str
    faults: tuple[str, ...]
    warnings: tuple[str, ...]


def as_json(report: Any) -> str:
    """A report as one JSON object on one line."""
    return json.dumps(_plain(dataclasses.asdict(report)), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """JSON has no infinity and no NaN: what has no number is null."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
