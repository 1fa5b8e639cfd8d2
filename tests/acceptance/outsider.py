"""The project as an outsider sees it: its command, and a player that knows nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).parent / "bonemusic"


def bonemusic(*words: object) -> dict[str, Any]:
    """Run the command with --json and give what it says."""
    done = subprocess.run(
        [str(COMMAND), *(str(w) for w in words), "--json", "--quiet"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def refplay(shared: Path, disc: Path, rpm: str, song: Path, curve: str = "riaa") -> dict[str, Any]:
    """What the independent player makes of a disc, held against the song."""
    words = [sys.executable, str(shared / "check" / "refplay.py"), str(disc), "--rpm", rpm, f"--curve={curve}"]
    done = subprocess.run([*words, "--reference", str(song)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def compared(shared: Path, heard: Path, song: Path) -> dict[str, Any]:
    """The independent player's comparison of a played sound with the song."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import refplay, soundfile, soxr\n"
        "def load(p):\n"
        "    x, rate = soundfile.read(p, always_2d=True)\n"
        "    return soxr.resample(x.mean(1), rate, refplay.FS)\n"
        "print(json.dumps(refplay.compare(load(sys.argv[2]), load(sys.argv[3]), [100.0, 4500.0])))"
    )
    words = [sys.executable, "-c", code, str(shared / "check"), str(heard), str(song)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def meets_the_bar(heard: dict[str, Any]) -> None:
    """What every disc must reach, whoever made its sound."""
    assert heard["snr_db"] >= 40
    assert heard["response_error_db"] <= 0.5
    assert heard["complete"]
    assert heard["polarity"] == 1
    assert abs(heard["speed_error_ppm"]) < 20
    assert heard["gain_spread_db"] < 0.3
    assert heard["counterclockwise_inward"]
    assert heard["drawn_from_the_outside"]
    assert heard["hole_diameter_mm"] == 7.24


SHARED_FIGURES = (
    "points", "outer_radius_mm", "inner_radius_mm", "turns", "seconds", "closest_turns_um", "peak_displacement_um",
    "peak_velocity_cm_s", "music_outer_radius_mm", "music_inner_radius_mm",
)  # fmt: skip


def agree_within_1_percent(heard: dict[str, Any], claimed: dict[str, Any]) -> None:
    """Figures that the player prints with a tenth of a micrometre may differ by that rounding too."""
    for name in SHARED_FIGURES:
        rounding = 0.06 if name.endswith("_um") else 0.006
        assert abs(heard[name] - claimed[name]) <= 0.01 * abs(claimed[name]) + rounding, (
            name,
            heard[name],
            claimed[name],
        )
