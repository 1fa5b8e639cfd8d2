"""The card's layers, in the order in which a file holds them: marks, height, kerf, patches, the groove, the jig."""

from __future__ import annotations

from dataclasses import dataclass

from ..paths.layers import Layer
from ..presets import Disc, Machine, Sheet
from . import corners, middle, ring, sound, trials
from .frame import refuse_small
from .trials import Height, Kind, Trial

LONGEST_NAME = 20


@dataclass(frozen=True)
class Card:
    """All that is drawn on a test card besides the groove, its hole and its outline.

    Attributes
    ----------
    kind : "beam", "mill", "pen" or "proof"
    before : tuple of Layer
        What is drawn before the groove: words and marks, `height-1` …, `kerf`, `patch-01` …
    after : tuple of Layer
        What goes through the sheet: `jig`.
    trials : tuple of Trial
        Of the layers `patch-01` … in their order.
    heights : tuple of Height
        Of the layers `height-1` …
    kerf_m : tuple of float
        Distances of the pairs of lines, the nearest first.
    """

    kind: Kind
    before: tuple[Layer, ...]
    after: tuple[Layer, ...]
    trials: tuple[Trial, ...]
    heights: tuple[Height, ...]
    kerf_m: tuple[float, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All of them."""
        return *self.before, *self.after


def card(machine: Machine, disc: Disc, sheet: Sheet, reference_m: float, reference: str) -> Card:
    """Draw the card.

    Parameters
    ----------
    machine : Machine
    disc : Disc
        The card as a disc, from `frame.card_of`.
    sheet : Sheet
    reference_m : float
        Peak swing of the groove's reference tone, with which the patches wave too.
    reference : str
        What the reference tone's level is called on the card.

    Raises
    ------
    FitError
        The machine's bed is too small.
    """
    refuse_small(machine)
    tried, raised = trials.matrix(machine, disc.depth_m), trials.heights(machine, disc.depth_m)
    parts = [
        corners.focus(machine, raised),
        corners.kerf(machine),
        ring.patches(machine, tried, reference_m),
    ]
    jig = corners.jig(machine, disc, sheet.thickness_m)
    low, high = (f"{hz:g}" for hz in sound.SWEEP_HZ)
    head = corners.HEADS[trials.kind_of(machine)].partition(" ")[0]
    name = machine.name if len(machine.name) <= LONGEST_NAME else f"{machine.name[: LONGEST_NAME - 1]}-"
    marks = [
        *(line for part in (*parts, jig) for line in part.marks),
        *middle.label(f"78 RPM - RIAA - 1 kHz {reference}", f"SWEEP {low}-{high} Hz - TONES - TUNE - SILENCE"),
        *middle.edges(f"BONEMUSIC TEST CARD - {name.upper()}", f"1 {head}  2 KERF  3 PATCHES  4 GROOVE  5 CUT"),
    ]
    before = (Layer("marks", machine.label_colour, tuple(marks)), *(layer for part in parts for layer in part.layers))
    return Card(trials.kind_of(machine), before, jig.layers, tried, raised, corners.kerf_distances_m(machine))
