"""Songs on their way in: split over sides in order and evenly, and what is wrong with them found as they flow by."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from bonemusic.errors import FitError, SoundError
from bonemusic.workshop.recipe import Recipe
from bonemusic.workshop.songs import lengths_s, opened, split


def by_trying_all(seconds: list[float], sides: int) -> float:
    """The least longest side."""
    cuts = itertools.combinations(range(1, len(seconds)), sides - 1)
    return min(max(sum(seconds[a:b]) for a, b in itertools.pairwise((0, *inner, len(seconds)))) for inner in cuts)


@given(st.lists(st.integers(1, 400).map(float), min_size=1, max_size=8), st.integers(1, 8))
def test_a_split_is_in_order_and_its_longest_side_the_shortest_there_is(seconds: list[float], sides: int) -> None:
    sides = min(sides, len(seconds))
    parts = split(seconds, sides)
    assert len(parts) == sides
    assert [n for a, b in parts for n in range(a, b)] == list(range(len(seconds)))
    assert all(a < b for a, b in parts)
    assert max(sum(seconds[a:b]) for a, b in parts) == by_trying_all(seconds, sides)


def test_sides_are_even_where_the_longest_leaves_a_choice() -> None:
    assert split([100, 10, 10, 10, 10], 3) == [(0, 1), (1, 3), (3, 5)]


def written(folder: Path, name: str, samples: np.ndarray, rate_hz: int = 48_000) -> Path:
    soundfile.write(folder / name, samples, rate_hz, subtype="FLOAT")
    return folder / name


def test_what_flows_by_is_measured(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(np.arange(48_000) * 0.05)
    path = written(tmp_path, "a.wav", np.stack((tone + 0.3, tone), axis=1))
    with opened([path], Recipe(machine="lathe"), stereo=True) as (song,):
        heard = np.concatenate(list(song.blocks()))
    assert heard.shape == (48_000, 2)
    assert song.seconds == 1
    assert song.peak == pytest.approx(0.8, abs=1e-3)
    assert song.offsets[0] == pytest.approx(0.3, abs=1e-3)
    assert song.offsets[1] == 0
    (said,) = song.afterwards()
    assert "a.wav: a constant offset of 30% of full scale is taken out" in said


def test_channels_that_cancel_are_refused_and_others_are_not(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(np.arange(48_000) * 0.05)
    for factor, cancels in ((-1.0, True), (-0.9, False), (1.0, False)):
        path = written(tmp_path, "a.wav", np.stack((tone, factor * tone), axis=1))
        with opened([path], Recipe(), stereo=False) as (song,):
            for _ in song.blocks():
                pass
            if cancels:
                with pytest.raises(SoundError, match="cancel each other"):
                    song.refuse_cancelled()
            else:
                song.refuse_cancelled()


def test_lengths_of_a_stretch_and_of_files_of_any_rate(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{rate}.wav", np.zeros(2 * rate), rate) for rate in (44_100, 96_000)]
    assert lengths_s(paths, Recipe()) == [2.0, 2.0]
    assert lengths_s(paths[:1], Recipe(start_s=0.5, end_s=1.5)) == pytest.approx([1.0], abs=1e-4)


def test_an_album_that_is_far_too_long_is_told_to_be_split(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{n}.wav", np.zeros(1000 * 1200, np.float32), 1000) for n in range(3)]
    with (
        pytest.raises(FitError, match=r"the songs: .* do not fit, .* split them with --sides auto"),
        opened(paths, Recipe(), stereo=False),
    ):
        pass
