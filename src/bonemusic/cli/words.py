"""Reports in a few lines for a person."""

from __future__ import annotations

from fractions import Fraction

from ..units import rpm_text
from ..workshop.reports import CutReport, PlayReport


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
    if report.predicted_snr_db is not None:
        lines.append(
            f"the drawing carries {report.predicted_snr_db:.0f} dB between sound and noise, "
            f"to {report.bandwidth_hz / 1e3:.1f} kHz"
        )
    lines.append(f"{report.points:,} points, {report.bytes / 1e6:.1f} MB")
    return "\n".join(lines)


def of_play(report: PlayReport) -> str:
    """What was heard."""
    peak = "silence" if report.peak_dbfs is None else f"peak {report.peak_dbfs:.1f} dBFS"
    return (
        f"{_shown(report.disc)}: {report.seconds:.1f} s, {report.turns:.1f} turns at {_speed(report.rpm)} rpm, "
        f"{report.curve} curve, {report.turntable} turntable; {peak}"
    )


def _speed(rpm: float) -> str:
    return rpm_text(Fraction(rpm).limit_denominator(1000))


def _shown(name: str) -> str:
    """A file's name on one line of a terminal, which it cannot take over."""
    return "".join(c if c.isprintable() else "?" for c in name)
