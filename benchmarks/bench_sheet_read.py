"""Large sheets read, and writing looked for: time, and memory of whole processes. Kept: benchmarks/figures.md.

Wanted (issue "The sheet"): 30,000 × 30,000 px read within 1.5 times its own decoded size; writing found in 1.5 s of 4
million pixels.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bonemusic.demo.phantom import xray
from bonemusic.sheets import burned

SIDE = 30_000
READ = """
import sys
from pathlib import Path
from bonemusic.pictures.read import read
film = read(Path(sys.argv[1]))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) * 1024, *film.grey.shape)
"""
"""The process's own peak: `getrusage` would tell its parent's, who holds the film that was saved."""


@pytest.fixture(scope="module")
def film() -> np.ndarray[Any, Any]:
    """The phantom, many times side by side: as large as is wanted, made without holding more of it."""
    return np.tile(xray(1000), (SIDE // 1000, SIDE // 1000))


@pytest.mark.parametrize("name", ["a.png", "a.tif", "lzw.tif", "a.jpg"])
def test_figure_a_sheet_of_900_million_pixels(benchmark: Any, film: Any, name: str, tmp_path: Path) -> None:
    how: dict[str, Any] = {"compress_level": 1} if name == "a.png" else {}
    Image.fromarray(film).save(tmp_path / name, **how, **({"compression": "tiff_lzw"} if name == "lzw.tif" else {}))
    said: list[bytes] = []

    def work() -> None:
        done = subprocess.run([sys.executable, "-c", READ, tmp_path / name], stdout=subprocess.PIPE, check=True)
        said.append(done.stdout)

    benchmark.pedantic(work, rounds=1)
    peak, rows, columns = map(int, said[0].split())
    benchmark.extra_info["peak of decoded size"] = round(peak / film.size, 3)
    # libtiff maps a packed file: pages that the system drops when it needs them
    mapped = (tmp_path / name).stat().st_size if name == "lzw.tif" else 0
    assert peak - mapped <= 1.5 * film.size
    assert rows * columns <= 80_000_000


def test_figure_writing_looked_for_in_4_million_pixels(benchmark: Any) -> None:
    grey = xray(2000)
    burned.find(grey)
    begun = time.process_time()
    places = benchmark.pedantic(burned.find, (grey,), rounds=3)
    assert (time.process_time() - begun) / 3 <= 1.5
    assert places == ()
