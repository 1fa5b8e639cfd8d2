"""A program as it grows: what a controller has been told, so that nothing is said twice."""

from __future__ import annotations

import unicodedata
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...paths.layers import Layer
from ...presets import Machine
from ..base import CutDisc
from .arcs import Arc
from .depth import Z_DIGITS
from .dialect import Dialect
from .spell import LINE_BYTES, decimals, spell, word

FEED_M_S = 0.02
"""Speed on machines that name none (assumed: hobby lasers and mills all run 1200 mm/min)."""
PLUNGE = 1 / 3
"""A mill's speed downwards, as a part of its feed (assumed: the custom of mills' programs)."""
_HARMLESS = set(" .,'-_+&/")
"""Besides letters and digits. GRBL obeys ! ? ~ and all beyond ASCII even within comments; brackets end comments."""
_LONGEST = 48


def harmless(text: str) -> str:
    """A text as a comment may hold it on any controller."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    kept = "".join(c if c.isascii() and (c.isalnum() or c in _HARMLESS) else "_" for c in plain)
    return kept[:_LONGEST].strip()


class Program:
    """The lines of one file, for a tool that moves in x and y.

    Parameters
    ----------
    out : file, open for writing bytes
    cut : CutDisc
    dialect : Dialect
    step_m : float
        The grid, which the decimals must show.
    """

    def __init__(self, out: IO[bytes], cut: CutDisc, dialect: Dialect, step_m: float) -> None:
        self.out, self.dialect, self.machine = out, dialect, cut.machine
        self.step_mm = step_m * 1e3
        self.digits = decimals(self.step_mm)
        self.last: NDArray[Any] = np.zeros(3, np.int64)
        self.points = 0
        self.has_beam = cut.machine.groove_power is not None
        self._room: NDArray[Any] = np.empty(0, np.uint8)

    def line(self, text: str) -> None:
        """Write one line."""
        self.out.write(text.encode("ascii") + b"\n")

    def head(self, cut: CutDisc, zero: tuple[str, ...]) -> None:
        """Comments for who stands at the machine, units and modes; the tool is raised and a mill's spindle started."""
        groove, dialect = cut.groove, self.dialect
        named = {"title": groove.meta.get("title", ""), "rpm": str(groove.rpm), "curve": groove.meta.get("curve", "")}
        said = [f"{key}: {harmless(value)}" for key, value in named.items() if harmless(value)]
        said.append(f"disc: {harmless(cut.disc.name)}, machine: {harmless(cut.machine.name)}, for {dialect.name}")
        said += [*zero, *self._hints()]
        for text in said:
            self.line(f"; {text}")
        blend_mm = max(1e3 * (self.machine.corner_m or 0.5e-3 * self.step_mm), 1e-4)
        for text in dialect.setup:
            self.line(text.format(word(blend_mm, 4)))
        if not self.has_beam:
            self.line(f"G0 Z{word(self.machine.safe_height_m * 1e3, Z_DIGITS)}")
            if self.machine.full_power is not None:
                self.line(f"M3 S{word(self.machine.full_power, 2)}")
                self.line(dialect.spin_up)

    def _hints(self) -> list[str]:
        """What must be set or started by hand."""
        if self.has_beam:
            return [self.dialect.hint]
        if self.machine.full_power is None:
            return ["this preset names no spindle speed (full_power): start it by hand"]
        return []

    def announce(self, layer: Layer) -> None:
        """Say which layer comes, and stop where something is to be done by hand: M0 waits in all dialects."""
        if layer.lines or layer.circles:
            self.line(f"; {harmless(layer.name)}")
            if layer.pause:
                # beside M0, Marlin would read words of the comment as the pause's own
                self.line(f"; stop: {harmless(layer.pause)}")
                self.line("M0")

    def announce_groove(self, cut: CutDisc) -> None:
        """Say that the groove comes, where other layers came before it."""
        if cut.before:
            self.line("; groove")

    def end(self) -> None:
        """Everything off."""
        for text in self.dialect.end:
            self.line(text)

    def feed(self, speed_m_s: float | None) -> float:
        """mm/min of what is drawn at a speed, or at that of grooves."""
        return 60e3 * (speed_m_s or groove_speed(self.machine))

    def begin(self, at: tuple[str, ...], feed: float, power: float | None, depth_m: float) -> None:
        """Travel to a place (its words), light the beam or plunge."""
        place = " ".join(at)
        travel = self.machine.travel_m_s if self.dialect.travel_feed else None
        self.line(f"G0 {place} F{word(60e3 * travel, 0)}" if travel else f"G0 {place}")
        if self.has_beam:
            share = power if power is not None else self.machine.groove_power or 0.0
            full = self.machine.full_power or self.dialect.full_power
            self.line(f"{self.dialect.beam} S{word(share * full, 0 if full >= 100 else 3)}")
        else:
            self.last[2] = round(-depth_m * 1e3 * 10**Z_DIGITS)
            self.line(f"G1 Z{word(-depth_m * 1e3, Z_DIGITS)} F{word(PLUNGE * feed, 1)}")

    def stop(self) -> None:
        """The beam off, or the tool up."""
        self.line("M5" if self.has_beam else f"G0 Z{word(self.machine.safe_height_m * 1e3, Z_DIGITS)}")

    def start(
        self, x: float, y: float, speed_m_s: float | None = None, power: float | None = None, depth_m: float = 0.0
    ) -> None:
        """Get ready to draw from a point (mm): there, on, and with the feed, which a move to the same place tells."""
        feed = self.feed(speed_m_s)
        words = (f"X{word(x, self.digits)}", f"Y{word(y, self.digits)}")
        self.begin(words, feed, power, depth_m)
        self.line(f"G1 {' '.join(words)} F{word(feed, 1)}")
        self.last[:2] = round(x * 10**self.digits), round(y * 10**self.digits)

    def moves(self, x: NDArray[Any], y: NDArray[Any], z: NDArray[Any], unit_mm: float) -> None:
        """Draw through points, given in units; z in last decimals."""
        room = self.room(len(x))
        scale = unit_mm * 10**self.digits
        used, count = spell(x, y, z, scale, self.digits, Z_DIGITS, not self.dialect.modal, self.last, room)
        self.out.write(room[:used].data)
        self.points += count

    def arcs(self, found: list[Arc], z: int) -> None:
        """Draw along arcs, counter-clockwise, and sink evenly to a height in last decimals."""
        begin, fine = int(self.last[2]), self.digits + 1  # no grid binds an arc, so its centre may be as true as it can
        at = [float(self.last[k]) / 10**self.digits for k in (0, 1)]
        for number, arc in enumerate(found, 1):
            end, centre = ([1e3 * v for v in place] for place in (arc.end, arc.centre))
            words = [f"{axis}{word(v, fine)}" for axis, v in zip("XY", end, strict=True)]
            here = begin + round((z - begin) * number / len(found))
            if here != self.last[2]:
                words.append(f"Z{word(here / 10**Z_DIGITS, Z_DIGITS)}")
            words += [f"{axis}{word(v - old, fine)}" for axis, v, old in zip("IJ", centre, at, strict=True)]
            self.line(("G3 " if number == 1 else "") + "".join(words))
            at = [round(v, fine) for v in end]
            self.last[2] = here
        self.last[:2] = [round(v * 10**self.digits) for v in at]
        self.points += len(found)
        self.line("G1")

    def room(self, points: int) -> NDArray[Any]:
        """Bytes for so many lines, used again and again."""
        if len(self._room) < points * LINE_BYTES + LINE_BYTES:
            self._room = np.empty(points * LINE_BYTES + LINE_BYTES, np.uint8)
        return self._room


def groove_speed(machine: Machine) -> float:
    """Metres a second along the groove."""
    return machine.groove_speed_m_s or machine.speed_m_s or FEED_M_S
