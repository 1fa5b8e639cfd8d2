"""Groove to sound: what a stylus follows, what a platter does to it, what cartridge and preamplifier make of it."""

from .player import Played, play

__all__ = ["Played", "play"]
