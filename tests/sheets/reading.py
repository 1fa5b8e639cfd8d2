"""Labels as pictures of 300 dots to the inch, and what programs read in them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import map_coordinates

DOTS_PER_M = 300 / 25.4e-3
FINER = 4


def raster(lines: tuple[NDArray[Any], ...], half_m: float, line_m: float, bright: bool = False) -> NDArray[Any]:
    """The square within half_m of (0, 0), drawn dark on white, or bright on black."""
    dots = DOTS_PER_M * FINER
    size = 2 * round(half_m * DOTS_PER_M) * FINER
    picture = Image.new("L", (size, size), 0 if bright else 255)
    draw = ImageDraw.Draw(picture)
    width = max(round(line_m * dots), 1)
    for line in lines:
        spots = [(size / 2 + x * dots, size / 2 - y * dots) for x, y in line]
        draw.line(spots, fill=255 if bright else 0, width=width, joint="curve")
    return np.asarray(picture.resize((size // FINER, size // FINER), Image.Resampling.BOX))


def unrolled(picture: NDArray[Any], lines: tuple[NDArray[Any], ...]) -> NDArray[Any]:
    """Words along the circle, straightened."""
    points, middle, pad = np.concatenate(lines), picture.shape[0] / 2, 0.9e-3
    away, angle = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
    radius = np.arange(away.max() + pad, away.min() - pad, -1 / DOTS_PER_M)[:, None]
    mean = float(away.mean())
    turn = np.arange(angle.max() + 3 * pad / mean, angle.min() - 3 * pad / mean, -1 / DOTS_PER_M / mean)
    spots = [middle - radius * np.sin(turn) * DOTS_PER_M, middle + radius * np.cos(turn) * DOTS_PER_M]
    return np.asarray(map_coordinates(picture.astype(float), spots, order=1, cval=255.0)).astype(np.uint8)


def cropped(picture: NDArray[Any], lines: tuple[NDArray[Any], ...], pad: float = 2e-3) -> NDArray[Any]:
    """What lies around straight words."""
    points, middle = np.concatenate(lines), picture.shape[0] / 2
    (left, low), (right, high) = points.min(axis=0) - pad, points.max(axis=0) + pad
    rows = slice(max(int(middle - high * DOTS_PER_M), 0), int(middle - low * DOTS_PER_M))
    return picture[rows, max(int(middle + left * DOTS_PER_M), 0) : int(middle + right * DOTS_PER_M)]


def read_letters(picture: NDArray[Any], folder: Path, language: str = "eng") -> str:
    """What tesseract reads in one line; the test is skipped where it is missing."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is missing (Debian: apt install tesseract-ocr tesseract-ocr-rus)")
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout
    if language not in listed.split():
        pytest.skip(f"tesseract cannot read {language} (Debian: apt install tesseract-ocr-{language})")
    path = folder / "line.png"
    Image.fromarray(picture).save(path, dpi=(300, 300))
    command = ["tesseract", str(path), "-", "-l", language, "--psm", "7", "--dpi", "300"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def read_codes(picture: NDArray[Any]) -> list[str]:
    """What QR codes say that are the right way round: dark modules on bright ground."""
    import zxingcpp

    return [found.text for found in zxingcpp.read_barcodes(picture, try_invert=False)]
