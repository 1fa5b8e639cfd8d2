"""The pages' styles: files beside this one, set into each page so that it needs nothing else."""

from __future__ import annotations

from importlib import resources


def style_of(*names: str) -> str:
    """The style sheets of these names, one after the other."""
    folder = resources.files(__package__)
    return "".join(folder.joinpath(name).read_text("utf-8") for name in names)
