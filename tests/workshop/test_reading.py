"""Scans on their way to a side: mirrored, of a resolution that is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bonemusic.errors import FormatError
from bonemusic.workshop.reading import mirrored, read_scans
from bonemusic.workshop.recipe import Recipe


def test_left_and_right_are_swapped_whether_it_may_be_written_or_not() -> None:
    grey = np.random.default_rng(1).integers(0, 255, (700, 31)).astype(np.uint8)
    wanted = grey[:, ::-1].copy()
    held = grey.copy()
    held.flags.writeable = False
    assert np.array_equal(mirrored(held), wanted)
    assert np.array_equal(held, grey)
    assert mirrored(grey) is grey
    assert np.array_equal(grey, wanted)


def test_what_is_no_scan_of_one_side_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    Image.fromarray(np.full((900, 900), 90, np.uint8)).save(path)
    with pytest.raises(FormatError, match="groove"):
        read_scans([path], Recipe())
    with pytest.raises(FormatError, match="cannot be joined yet"):
        read_scans([path, path], Recipe())
