"""The only place that joins the parts: cut, play, demo. Takes a `Recipe`, gives frozen reports."""
