"""Between a groove and the lines that a machine draws: grid points out, polylines in."""
