"""Only the spelling of files: each format is a package here that holds `FORMAT`; nothing else need know of it."""

from .base import CutDisc, Format
from .registry import for_reading, for_writing, known

__all__ = ["CutDisc", "Format", "for_reading", "for_writing", "known"]
