"""Tests of pictures.

GDCM's libraries take the place of others' in a process that loads them, and pydicom would load them: not in this one.
"""

import sys

sys.modules.setdefault("gdcm", None)  # type: ignore[arg-type]
