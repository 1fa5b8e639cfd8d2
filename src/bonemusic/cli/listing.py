"""`bonemusic list`."""

from __future__ import annotations

import json as json_
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # presets are read only where they are listed
    from ..presets import Machine

KINDS = ("discs", "curves", "machines", "styli", "sheets", "turntables")
FORMATS = {"svg": "SVG", "dxf": "DXF", "pdf": "PDF", "gcode": "G-code", "hpgl": "HP-GL", "png": "PNG", "lathe": "WAV"}
DIALECTS = {"grbl": "GRBL", "marlin": "Marlin", "linuxcnc": "LinuxCNC"}
YOUR_OWN = """
What is not here is not limited. What differs on your own machine goes into ~/.config/bonemusic/machines.toml:

  [mine]
  like = "{name}"
  title = "The one in our workshop"
  kerf_um = 90"""


@click.command("list", short_help="Show discs, curves, machines, styli, sheets or turntables.")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--json", is_flag=True, help="Print one JSON object on stdout.")
def list_(kind: str, name: str | None, json: bool) -> None:
    """Show the presets of a KIND, or all numbers of the one called NAME, each with its source.

    \b
      bonemusic list discs
      bonemusic list curves decca-ffrr
      bonemusic list machines laser-1200

    Your own presets go into files of the same names in ~/.config/bonemusic/.
    """
    from .. import presets

    names = [name] if name is not None else presets.names(kind)
    rows = {each: presets.row(kind, each) for each in names}
    if json:
        click.echo(json_.dumps({"kind": kind, "presets": rows}, ensure_ascii=False).encode())
    elif name is not None:
        click.echo(_machine_card(name, rows[name]) if kind == "machines" else _card(name, rows[name]))
    else:
        told = {each: _machine_words(each) if kind == "machines" else [] for each in names}
        _table([[each, str(rows[each].get("title", "")), *told[each]] for each in names])


def _table(lines: list[list[str]]) -> None:
    """Print columns side by side. A line's last text may be as long as it likes."""
    columns = max(map(len, lines))
    widths = [max((len(line[n]) for line in lines if n < len(line) - 1), default=0) for n in range(columns)]
    for line in lines:
        click.echo("  ".join(f"{text:<{width}}" for text, width in zip(line, widths, strict=False)).rstrip())


def _machine_words(name: str) -> list[str]:
    """Grid, highest tone and formats; of a user's row that makes no sense, why."""
    from .. import presets
    from ..errors import PresetError

    try:
        made: Machine = presets.machine(name)
    except PresetError as why:
        return [f"cannot be used: {why}"]
    takes = ", ".join(FORMATS[each] for each in made.formats)
    if made.dialect is not None:
        takes = takes.replace("G-code", f"G-code ({DIALECTS[made.dialect]})")
    return [f"{made.step_m * 1e6:.4g} µm grid", f"to {made.bandwidth_hz / 1e3:.3g} kHz", takes]


def _machine_card(name: str, row: Any) -> str:
    """A machine's title, then each number with what it means and, below that, where it is from."""
    from .. import presets

    keys = [key for key in presets.in_order(row) if key not in ("source", "origin", "title")]
    width = max(map(len, keys), default=0)
    values = {key: _spelt(row[key]) for key in keys}
    room = max((len(value) for key, value in values.items() if not isinstance(row[key], list)), default=0)
    lines = [f"{name}: {row.get('title', '')}"]
    for key in keys:
        lines.append(f"  {key:<{width}}  {values[key]:<{room}}  {presets.meaning(key)}".rstrip())
        if key in row.get("source", {}):
            lines.append(f"{'':<{width + room + 6}}({row['source'][key]})")
    return "\n".join([*lines, YOUR_OWN.format(name=name)])


def _spelt(value: Any) -> str:
    """A value as its file spells it, but for quotation marks."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _card(name: str, row: Any) -> str:
    """One preset: its title, then each number and where it is from."""
    keys = [k for k in row if k not in ("source", "origin", "title")]
    width = max(len(k) for k in keys) if keys else 0
    values = {k: str(row[k]) for k in keys}
    room = max((len(v) for v in values.values()), default=0)
    lines = [f"{name}: {row.get('title', '')}"]
    for key in keys:
        source = row.get("source", {}).get(key, "")
        lines.append(f"  {key:<{width}}  {values[key]:<{room}}  {source}".rstrip())
    return "\n".join(lines)
