"""Writing that is burned into a picture: found, and masked."""

from __future__ import annotations

from ..pictures.film import Film


def masked(film: Film) -> Film:
    """The film without what is written in it."""
    return film
