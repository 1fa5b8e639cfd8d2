"""Pictures of discs back to grooves.

The sound's way: `find` (spokes, lines, ring, moves …: where the disc lies), `side` (one scan: `walk` and `follow` along
the groove, `whole` and `rejoin` put its turns in order, `settle` its centre; `measured`, `refine` and `confidence` see
to each of its places, `ways` and `widths` to how it was cut), `merge` (several scans), `unrolled` (a groove about a
smooth spiral), `gaps` (`filling`); `reader` joins them. What is heard is cleaned in `declick`, `hiss` and `speed`; what
is told of a scan is in `faults`, `wow`, `spectra`, `rings` and `overlay`.
"""
