"""Scans of 24,000 × 24,000 pixels read: time and memory of whole processes, against the library's bare decoding.

Kept: benchmarks/figures.md. Wanted (issue "Reading records from pictures"): all of a transfer within twice the time of
decoding and 2.5 GB, so that reading itself is to take no more than decoding, and 1.6 GB.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

SIDE = 24_000
TILE = 2400
MOST_BYTES = 1_600_000_000
RUN = """
import sys, time
from pathlib import Path
from PIL import Image
from bonemusic.pictures.scan import scan
Image.MAX_IMAGE_PIXELS = None
path, how = Path(sys.argv[1]), sys.argv[2]
small = path.with_name("small " + path.name)
scan(small)  # kernels that are on disk are loaded
Image.open(small).load()
begun, cpu = time.perf_counter(), time.process_time()
if how == "bare" and path.stat().st_size > 570_000_000 and path.suffix == ".tif":
    path.read_bytes()  # Pillow would map it and read nothing
elif how == "bare":
    Image.open(path).load()
else:
    assert scan(path).grey.shape == (24_000, 24_000)
took, cpu = time.perf_counter() - begun, time.process_time() - cpu
told = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(took, cpu, int(told["VmHWM"].split()[0]) * 1024)
"""


def disc(deep: bool) -> NDArray[Any]:
    """Rings in noise, a tile many times over: what a scan's pixels are like to whoever packs them."""
    down, across = np.mgrid[:TILE, :TILE]
    rings = 130 + 70 * np.sin(np.hypot(down + 5000.0, across + 5000.0) * 2 * np.pi / 9.4)
    grey = rings + np.random.default_rng(0).normal(0, 5, rings.shape)
    tile = np.rint(grey * 257).astype(np.uint16) if deep else np.rint(grey).clip(0, 255).astype(np.uint8)
    return np.tile(tile, (SIDE // TILE, SIDE // TILE))


def run(path: Path, how: str) -> tuple[float, float, int]:
    done = subprocess.run([sys.executable, "-c", RUN, path, how], stdout=subprocess.PIPE, check=True)
    took, cpu, peak = done.stdout.split()
    return float(took), float(cpu), int(peak)


@pytest.mark.parametrize(("name", "deep", "how"), [
    ("a.png", False, {"compress_level": 1}),
    ("deep.png", True, {"compress_level": 1}),
    ("a.tif", False, {}),
    ("lzw.tif", False, {"compression": "tiff_lzw"}),
    ("deflate.tif", False, {"compression": "tiff_deflate"}),
    ("deep.tif", True, {}),
    ("a.jpg", False, {"quality": 92}),
])  # fmt: skip
def test_figure_a_scan_of_576_million_pixels(
    benchmark: Any, tmp_path: Path, name: str, deep: bool, how: dict[str, Any]
) -> None:
    grey = disc(deep)
    for path, part in ((tmp_path / name, grey), (tmp_path / f"small {name}", grey[:100, :100])):
        Image.fromarray(np.ascontiguousarray(part)).save(path, **how)
    del grey
    bare, bare_cpu, bare_peak = run(tmp_path / name, "bare")
    took, cpu, peak = benchmark.pedantic(run, (tmp_path / name, "scan"), rounds=1)
    benchmark.extra_info |= {
        "seconds": round(took, 2), "cpu seconds": round(cpu, 2), "bare decoding": round(bare, 2),
        "its cpu": round(bare_cpu, 2), "ratio": round(took / bare, 2), "peak GB": round(peak / 1e9, 2),
        "bare peak GB": round(bare_peak / 1e9, 2),
    }  # fmt: skip
    assert peak <= MOST_BYTES
