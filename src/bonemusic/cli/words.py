"""Reports in a few lines for a person."""

from __future__ import annotations

from ..workshop.reports import CutReport, PlayReport


def of_cut(report: CutReport) -> str:
    """What was cut."""
    level = "silent" if report.level_db is None else f"{report.level_db:+.1f} dB"
    near = min(
        (row for row in report.limits if row.spare_db is not None and row.at_s is not None),
        key=lambda row: row.spare_db or 0.0,
        default=None,
    )
    lines = [
        f"{report.song} on {report.disc}: {report.music_seconds:.1f} s at {report.rpm:.5g} rpm, "
        f"{report.music_turns:.0f} turns, pitch {report.pitch_um:.0f} µm",
        f"level {level} re 5 cm/s (peaks {report.peak_velocity_cm_s:.1f} cm/s, {report.peak_displacement_um:.0f} µm)"
        + (f", nearest limit: {near.name} at {near.at_s:.1f} s" if near else ""),
    ]
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
        f"{report.disc}: {report.seconds:.1f} s, {report.turns:.1f} turns at {report.rpm:.5g} rpm, "
        f"{report.curve} curve, {report.turntable} turntable; {peak}"
    )
