"""Audio -> Groove: where the turns lie, what radius, land and tip allow at each moment, and the engraving itself."""
