"""What is refused before any work is done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bonemusic.errors import FitError, SoundError
from bonemusic.workshop.cut import cut
from bonemusic.workshop.demo import demo
from bonemusic.workshop.recipe import Recipe


def test_hours_of_sound_are_refused_at_once(tmp_path: Path) -> None:
    song = tmp_path / "long.wav"
    soundfile.write(song, np.zeros(1000 * 2400, np.float32), 1000)
    with pytest.raises(FitError, match="cut a part with --start and --end"):
        cut(song, Recipe(), tmp_path / "disc.svg")
    assert [p.name for p in tmp_path.iterdir()] == ["long.wav"]


def test_channels_that_cancel_are_refused(tmp_path: Path) -> None:
    song, tone = tmp_path / "song.wav", 0.5 * np.sin(np.arange(44_100) * 0.06)
    soundfile.write(song, np.stack((tone, -tone), axis=1), 44_100)
    with pytest.raises(SoundError, match="cancel"):
        cut(song, Recipe(), tmp_path / "disc.svg")


def test_an_absent_song_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="no such file"):
        demo(tmp_path / "absent.wav", tmp_path / "demo")
    assert not (tmp_path / "demo").exists()
