"""One base error; each kind is also the built-in error that a caller would expect.

The message of every error is one line that says what is wrong, why, and what to do.
"""


class BonemusicError(Exception):
    """Anything that Bonemusic could not do."""


class UnitError(BonemusicError, ValueError):
    """A length, speed, level or time that cannot be understood."""


class PresetError(BonemusicError, LookupError):
    """A preset that does not exist, or one with a missing or senseless number."""


class SoundError(BonemusicError, ValueError):
    """A sound file that cannot be read, or sound that cannot be cut."""


class FormatError(BonemusicError, ValueError):
    """A file of a disc that cannot be read or written."""


class FitError(BonemusicError, ValueError):
    """A song, level or pitch that the disc cannot hold."""


class OutputError(BonemusicError, OSError):
    """A result that cannot be written."""


class Cancelled(BonemusicError):  # noqa: N818  (it is no error)
    """The caller's cancel flag was raised; nothing half-made is left."""
