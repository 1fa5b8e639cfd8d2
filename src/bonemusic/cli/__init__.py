"""The door in the shell: options to a recipe, reports to text or JSON. No sound logic here."""

from .main import main

__all__ = ["main"]
