"""Short sounds set into a page, as MP3: what every browser plays."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ..workshop.checked import SpotSound

MP3_RATES_HZ = (16000, 22050, 24000, 32000, 44100, 48000)
OTHER_RATE_HZ = 44100


def addresses(sound: SpotSound) -> tuple[str, str] | None:
    """Before and after as addresses that hold the sound itself; None where there is nothing to hear.

    Both are turned down alike if either goes beyond full scale: they are there to be compared.
    """
    if not len(sound.before) or not len(sound.after):
        return None
    peak = max(1.0, float(np.abs(sound.before).max()), float(np.abs(sound.after).max()))
    return address(sound.before / peak, sound.rate_hz), address(sound.after / peak, sound.rate_hz)


def address(samples: NDArray[Any], rate_hz: int) -> str:
    """Sound, (frames, channels), as an address that holds it."""
    heard = np.asarray(samples[:, :2], np.float32)
    if rate_hz not in MP3_RATES_HZ:
        heard, rate_hz = soxr.resample(heard, rate_hz, OTHER_RATE_HZ), OTHER_RATE_HZ
    raw = io.BytesIO()
    soundfile.write(raw, np.clip(heard, -1, 1), rate_hz, format="MP3", subtype="MPEG_LAYER_III")
    return f"data:audio/mpeg;base64,{base64.b64encode(raw.getvalue()).decode('ascii')}"
