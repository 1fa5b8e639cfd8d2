"""Channels of a song to those of a groove."""

from __future__ import annotations

import numpy as np
import pytest

from bonemusic.errors import SoundError
from bonemusic.mixing import lateral_and_vertical, mono

STEREO = np.random.default_rng(5).uniform(-1, 1, (1000, 2)).astype(np.float32)


def test_in_phase_is_lateral_and_out_of_phase_is_vertical() -> None:
    left = STEREO[:, 0]
    for right, lateral, vertical in ((left, left, 0 * left), (-left, 0 * left, left), (0 * left, left / 2, left / 2)):
        heard = lateral_and_vertical(np.stack([left, right], axis=1))
        assert heard.dtype == np.float32
        np.testing.assert_array_equal(heard, [lateral, vertical])
    lateral, vertical = lateral_and_vertical(STEREO)
    np.testing.assert_allclose(lateral + vertical, STEREO[:, 0], atol=1e-7)
    np.testing.assert_allclose(lateral - vertical, STEREO[:, 1], atol=1e-7)


def test_mono_is_the_lateral() -> None:
    np.testing.assert_array_equal(mono(STEREO), lateral_and_vertical(STEREO)[:1])
    np.testing.assert_array_equal(mono(STEREO[:, :1]), STEREO[:, :1].T)
    np.testing.assert_array_equal(lateral_and_vertical(STEREO[:, :1]), [STEREO[:, 0], np.zeros(1000)])
    assert mono(STEREO[:0]).shape == (1, 0)


@pytest.mark.parametrize("mix", [mono, lateral_and_vertical])
def test_more_channels_have_no_rule(mix) -> None:
    with pytest.raises(SoundError, match="3 channels and a groove holds two; mix it down"):
        mix(np.zeros((10, 3), np.float32))
