"""Songs onto discs: read, shape, fit, engrave, draw, and tell; an album over several sides."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import formats
from ..cutting import plan
from ..errors import FitError, FormatError, OutputError
from ..progress import Progress, silent
from .output import refuse, refuse_inputs
from .recipe import Recipe
from .reports import CutReport
from .songs import lengths_s, opened, split
from .wish import Wish

SIDE_NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def cut(song: Path, recipe: Recipe, out: Path, progress: Progress = silent) -> CutReport:
    """Cut a song and write the disc to a file whose suffix (or the recipe's format) says what it is.

    Parameters
    ----------
    song : Path
    recipe : Recipe
    out : Path
        "-" is standard output; then the recipe must name a format.
    progress : Progress

    Raises
    ------
    BonemusicError
        One of its kinds, in one line: the song, the fit, or the output.
    """
    return cut_side([song], recipe, out, progress)


def cut_album(songs: Sequence[Path], recipe: Recipe, out: Path, progress: Progress = silent) -> list[CutReport]:
    """Cut songs, in order, onto as many sides as the recipe asks for.

    One side is written to `out`; several to files beside it, `name-A`, `name-B` and so on before the suffix.
    """
    refuse_stretch(songs, recipe)
    if recipe.sides == 1:
        return [cut_side(songs, recipe, out, progress)]
    formats.for_writing(out, recipe.format)
    if str(out) == "-":
        raise OutputError("several sides do not go through one pipe; name a file, or give --sides 1")
    parts = on_sides(songs, recipe, progress)
    if recipe.from_turn and len(parts) > 1:
        raise FitError("--from-turn goes on with one side; give that side's songs alone, with --sides 1")
    names = (
        [out]
        if len(parts) == 1
        else [out.with_name(f"{out.stem}-{SIDE_NAMES[n]}{out.suffix}") for n in range(len(parts))]
    )
    for name in names:
        refuse(name)
        refuse_inputs(name, _made_from(songs, recipe))
    return [
        cut_side(part, recipe, name, progress, SIDE_NAMES[n])
        for n, (part, name) in enumerate(zip(parts, names, strict=True))
    ]


def on_sides(songs: Sequence[Path], recipe: Recipe, progress: Progress = silent) -> list[list[Path]]:
    """Songs split over sides in order, evenly: over the recipe's number of them, or over as few as hold them well.

    Raises
    ------
    FitError
        More sides than songs, or a song that is too long for any side.
    """
    if recipe.sides is not None:
        if recipe.sides > len(songs):
            raise FitError(
                f"{len(songs)} {'song does' if len(songs) == 1 else 'songs do'} not make {recipe.sides} sides; "
                f"give --sides {len(songs)} or fewer"
            )
        if recipe.sides == 1:
            return [list(songs)]
    progress("measuring the songs", 0.0)
    seconds = [s + plan.MARKER_S for s in lengths_s(songs, recipe)]
    if recipe.sides is not None:
        return [list(songs[a:b]) for a, b in split(seconds, recipe.sides)]
    from .sides import fewest

    return [list(songs[a:b]) for a, b in fewest(songs, seconds, recipe, progress)]


def cut_side(
    songs: Sequence[Path], recipe: Recipe, out: Path, progress: Progress = silent, name: str = "A"
) -> CutReport:
    """Cut songs onto one side."""
    spelling = formats.for_writing(out, recipe.format)
    refuse_stretch(songs, recipe)
    if recipe.from_turn and (not spelling.lines or recipe.looks.view not in (None, "machine")):
        raise FormatError(
            f"--from-turn goes on with a drawing in lines, which {spelling.name} is not; leave it out, or write "
            f"{', '.join(each.name for each in formats.known() if each.lines)}"
        )
    wish = Wish.of(recipe, spelling.vertical)
    refuse_inputs(out, _made_from(songs, recipe))
    progress("reading the song", 0.0)
    with ThreadPoolExecutor(1) as loader:
        # the compiled parts are loaded while the first blocks are decoded
        loading = loader.submit(_loaded)
        with opened(songs, recipe, wish.stereo) as flowing:
            loading.result()
            from . import side

            return side.make(flowing, wish, spelling, out, progress, name)


def _made_from(songs: Sequence[Path], recipe: Recipe) -> list[Path]:
    """Every file that the work is made from."""
    others = (recipe.sheet, recipe.looks.outline, recipe.looks.font)
    return [*songs, *(Path(name) for name in others if name)]


def _loaded() -> None:
    from . import side

    side.wake()


def refuse_stretch(songs: Sequence[Path], recipe: Recipe) -> None:
    """A stretch is one of a single song."""
    if not songs:
        raise FitError("there is no song to cut; name one")
    if len(songs) > 1 and (recipe.start_s or recipe.end_s is not None):
        raise FitError("--start and --end cut a stretch of a single song; give one song, or cut the files before")
