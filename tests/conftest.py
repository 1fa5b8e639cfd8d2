"""Fixtures for all tests: where the shared music is, and the independent player."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run: what lands does not hang on chance, nor on how busy the machine is.
# HYPOTHESIS_PROFILE=random looks for new ones.
settings.register_profile("settled", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "settled"))

ROOT = Path(__file__).parent.parent


def _shared() -> Path:
    return Path(os.environ.get("BONEMUSIC_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real music, X-rays and the independent player; the test is skipped where it is absent."""
    folder = _shared()
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; set BONEMUSIC_SHARED")
    return folder


@pytest.fixture(scope="session")
def minstrels(shared: Path) -> Path:
    """60 s of real music, stereo, 44.1 kHz, FLAC."""
    return shared / "data" / "music" / "minstrels-60s.flac"


@pytest.fixture(scope="session")
def knolls(shared: Path) -> Path:
    """190 s of real music, stereo, 44.1 kHz, OGG."""
    return shared / "data" / "music" / "knolls-190s.ogg"
