"""`bonemusic list`."""

from __future__ import annotations

import json as json_
from typing import Any

import click

KINDS = ("discs", "curves", "machines", "styli", "sheets", "turntables")


@click.command("list", short_help="Show discs, curves, machines, styli, sheets or turntables.")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--json", is_flag=True, help="Print one JSON object on stdout.")
def list_(kind: str, name: str | None, json: bool) -> None:
    """Show the presets of a KIND, or all numbers of the one called NAME, each with its source.

    \b
      bonemusic list discs
      bonemusic list curves decca-ffrr

    Your own presets go into files of the same names in ~/.config/bonemusic/.
    """
    from .. import presets

    names = [name] if name is not None else presets.names(kind)
    rows = {each: presets.row(kind, each) for each in names}
    if json:
        click.echo(json_.dumps({"kind": kind, "presets": rows}, ensure_ascii=False).encode())
    elif name is not None:
        click.echo(_card(name, rows[name]))
    else:
        width = max(len(each) for each in names)
        for each in names:
            click.echo(f"{each:<{width}}  {rows[each].get('title', '')}")


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
