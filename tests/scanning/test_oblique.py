"""What is seen from aside is told from what is no groove, and from what is only dark in part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bonemusic.errors import FormatError
from bonemusic.pictures.values import Values
from bonemusic.scanning import find, perspective


def _label() -> NDArray[Any]:
    """Printed circles about a hole, and no groove."""
    picture = Image.new("L", (1500, 1500), 40)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((50, 50, 1450, 1450), fill=180)
    for radius in (690, 675, 650, 300):
        draw.ellipse((750 - radius, 750 - radius, 750 + radius, 750 + radius), outline=20, width=3)
    draw.ellipse((665, 665, 835, 835), fill=255)
    return np.asarray(picture)


def test_a_label_alone_is_no_disc_seen_from_aside() -> None:
    tone = np.arange(256, dtype=np.uint8)
    with pytest.raises(FormatError, match="no turns of a groove"):
        find.find(Values(_label(), tone), None)


def test_a_view_from_straight_above_is_not_oblique_and_others_are() -> None:
    assert perspective.View(0, 0, 0, 1, 0, 0).oblique(1000) == 0
    assert perspective.View(0, 0, 0, 1, 3e-5, 4e-5).oblique(1000) == pytest.approx(0.05)
    assert perspective.View(0, 0, 0.01, 0.9, 0, 0).oblique(1000) == pytest.approx(0.1)
