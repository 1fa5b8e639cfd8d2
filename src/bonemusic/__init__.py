"""Bonemusic: any song onto any sheet, any disc back to sound."""

__version__ = "0.1.0"
