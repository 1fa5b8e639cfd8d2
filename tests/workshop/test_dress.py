"""What a label says of songs that say nothing of themselves."""

from __future__ import annotations

import pytest

from bonemusic.workshop.dress import _plain


@pytest.mark.parametrize(
    ("stem", "title"), [("my_old_song", "my old song"), (" a  b ", "a b"), ("stdin", ""), ("Misirlou", "Misirlou")]
)
def test_the_names_of_files_become_titles(stem: str, title: str) -> None:
    assert _plain(stem) == title
