"""Channels of a song to those of a groove, block by block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError

Block = NDArray[np.float32]


def mono(block: Block) -> Block:
    """The mean of one or two channels: (n, channels) to (1, n); more channels have no rule that suits every song.

    Raises
    ------
    SoundError
        More than two channels.
    """
    return _halved(block, 1)


def lateral_and_vertical(block: Block) -> Block:
    """What goes into a stereo groove: (n, 2) to (2, n), (L+R)/2 and (L-R)/2; of one channel, itself and silence.

    Raises
    ------
    SoundError
        More than two channels.
    """
    return _halved(block, 2)


def refuse_many(channels: int) -> None:
    """`SoundError` where there are more than two."""
    if channels > 2:
        raise SoundError(
            f"the song has {channels} channels and a groove holds two; mix it down to stereo or mono first"
        )


def _halved(block: Block, ways: int) -> Block:
    channels = block.shape[1]
    refuse_many(channels)
    out = np.zeros((ways, len(block)), np.float32)
    if channels == 1:
        out[0] = block[:, 0]
        return out
    for combine, row in zip((np.add, np.subtract), out, strict=False):
        combine(block[:, 0], block[:, 1], out=row)
    out *= np.float32(0.5)
    return out
