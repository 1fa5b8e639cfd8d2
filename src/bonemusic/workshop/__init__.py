"""The only place that joins the parts: cut, play. Takes a `Recipe`, gives frozen reports."""
