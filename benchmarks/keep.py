"""Keep the figures of a benchmark run: one table in benchmarks/figures.md, with the machine they are from.

usage: keep.py latest.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def row(bench: dict[str, Any]) -> str:
    """One line of the table: the figure, seconds, and what the benchmark says of itself."""
    stats = bench["stats"]
    said = ", ".join(f"{k} {v}" for k, v in bench.get("extra_info", {}).items())
    return f"| {bench['name']} | {stats['min']:.4g} | {stats['median']:.4g} | {said} |"


def main() -> None:
    """Write the table."""
    run = json.loads(Path(sys.argv[1]).read_text())
    cpu = run["machine_info"]["cpu"]
    lines = [
        "# Figures",
        "",
        "Written by `make bench`. These machines are shared and noisy: compare ratios within one run.",
        "",
        f"Machine: {cpu.get('brand_raw', '?')}, {cpu.get('count', '?')} cores, Python "
        f"{run['machine_info']['python_version']}; {run['datetime'][:10]}.",
        "",
        "| figure | least s | median s | |",
        "|---|---|---|---|",
        *(row(bench) for bench in run["benchmarks"]),
        "",
    ]
    (Path(__file__).parent / "figures.md").write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
