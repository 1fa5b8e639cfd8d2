"""`python -m bonemusic`."""

from .cli import main

main()
