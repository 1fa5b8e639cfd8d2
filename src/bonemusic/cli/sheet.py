"""`bonemusic sheet`: what is done to a sheet's picture by itself."""

from __future__ import annotations

from pathlib import Path

import click

from .options import FileName, given, refuse_streams, shown, told


@click.group(short_help="Clean a sheet's picture of names.")
def sheet() -> None:
    """What is done to the picture of a sheet by itself."""


@sheet.command(short_help="Write a picture anew, without names, dates and tags.")
@click.argument("source", metavar="FILE", type=FileName())
@click.option(
    "-o",
    "out",
    metavar="FILE",
    required=True,
    type=FileName(),
    help="clean.png, .tif, .jpg or .dcm; - is stdout (see --format).",
)
@click.option("--format", "suffix", metavar="NAME", help="png, tif, jpg or dcm; told by the suffix if not given.")
@click.option("--json", is_flag=True, help="Print one JSON object on stdout.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
def clean(source: Path, out: Path, suffix: str | None, json: bool, quiet: bool) -> None:
    """Write the X-ray FILE (DICOM, PNG, JPEG, TIFF, BMP, WebP) anew: grey values and size, and nothing else.

    All tags, profiles and comments are left behind. Writing in the picture itself is masked where it is found, and
    told; look at the result before you hand it on. `cut --sheet` does the same by itself.

    \b
      bonemusic sheet clean scan.dcm -o clean.png
      bonemusic sheet clean scan.tif -o clean.tif
    """
    refuse_streams(json, out)
    from ..workshop.output import refuse
    from ..workshop.sheet import clean as work

    refuse(out)
    with shown(quiet) as progress, given(source) as file:
        report = work(file, out, progress, f".{suffix.lower().lstrip('.')}" if suffix else None)
    size = f"{report.columns} × {report.rows} px, {report.bits} bits"
    if report.width_mm is not None and report.height_mm is not None:
        size += f", {report.width_mm:.4g} × {report.height_mm:.4g} mm"
    tags = "1 tag" if report.left_behind == 1 else f"{report.left_behind} tags"
    places = {0: "nothing written found", 1: "1 place masked"}.get(report.masked, f"{report.masked} places masked")
    told(report, f"wrote {out} ({size}); {tags} left behind; {places}", json, quiet)
