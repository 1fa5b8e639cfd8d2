"""Only the spelling of files. `registry` finds the format of a file by suffix or by content."""
