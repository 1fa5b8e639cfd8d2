"""What the four tracks of a lathe file are. Full scales are fixed, so the file plays with all its notes stripped.

1, 2  Left and right: what feeds the cutter's amplifiers, without any curve, as the song has been through its recording
      curve. A head with feedback moves at the velocity that its input says. Full scale is 1 m/s of lateral ± vertical
      velocity: in phase on both tracks that is 1 m/s lateral (0 dB = 5 cm/s is at -26.02 dBFS); one track alone moves
      its wall at 0.707 m/s along the wall's normal. Left is the inner wall, right the outer (IEC 60098).
3     Pitch: metres that the lead screw moves inwards in a turn, as a slow voltage; full scale is 10 mm a turn.
4     Depth: of the unmodulated groove as it is planned, as a slow voltage; full scale is 500 µm.

**Exactly there and back.** The velocity of sample n is the difference of the displacement half a sample later and half
a sample earlier, times the rate. The later one is a symmetric filter g over the samples around; what is rounded is not
the difference but that filter's output D, in steps of 2⁻²³ m/s / rate (1.2 pm at 96 kHz):

    q(n) = round D(n) - round D(n-1),      D = (g * displacement)·rate / 1 m/s · 2²³,      g(ω) = (ω/2) / sin(ω/2)

so the sum of all q up to n is never off by more than half a step, however long the side; whoever integrates does not
drift; and the rounding noise lies where a record's treble hides it. Reading sums, and filters with 1/g. Silence is
silence, bit for bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...jit import kernel

Array = NDArray[Any]

VELOCITY_M_S = 1.0
PITCH_M = 10e-3
DEPTH_M = 500e-6
FULL = 1 << 23
"""Steps of full scale."""

# Half of the symmetric filters, nearest sample first: g, off by less than -111 dB up to a quarter of the rate and
# -96 dB up to 0.35, and 1/g (-117, -101). Least squares of the relative error over 0 to 0.35 of the rate.
AHEAD_TAPS: Array = np.array([
    0.683918620035058, -0.280088936138636, 0.151429440349372, -0.087252942737051,
    0.049882924581406, -0.027276282063904, 0.013893161171745, -0.006423669426038,
    0.002610800085676, -0.000887868606460, 0.000230483067219, -0.000035732290377,
])  # fmt: skip
BACK_TAPS: Array = np.array([
    0.585754650715070, -0.127243697294121, 0.064787748882442, -0.036677686999669,
    0.020842442415681, -0.011383345182838, 0.005807805888902, -0.002695893918439,
    0.001102645703048, -0.000378512123018, 0.000099687505650, -0.000015846656738,
])  # fmt: skip
HALF = len(AHEAD_TAPS)


@kernel
def between(samples: Array, taps: Array, out: Array) -> None:
    """A symmetric filter of an even length: out[i] lies between samples[i + HALF - 1] and the next.

    Both are float64; `out` is (len(samples) - 2·HALF + 1,). Four taps at a time spare memory (see `rolling.halfway`).
    """
    half = len(taps)
    for first in range(0, len(out), 1024):
        size = min(1024, len(out) - first)
        some = out[first : first + size]
        some[:] = 0.0
        for k in range(0, half, 4):
            c0, c1, c2, c3 = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
            at = first + half - 1 - k
            a0, a1, a2, a3 = samples[at:], samples[at - 1 :], samples[at - 2 :], samples[at - 3 :]
            at = first + half + k
            b0, b1, b2, b3 = samples[at:], samples[at + 1 :], samples[at + 2 :], samples[at + 3 :]
            for i in range(size):
                some[i] += c0 * (a0[i] + b0[i]) + c1 * (a1[i] + b1[i]) + c2 * (a2[i] + b2[i]) + c3 * (a3[i] + b3[i])
