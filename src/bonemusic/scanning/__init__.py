"""Pictures of discs back to grooves: find the disc, follow its groove, mend what the picture shows to be damaged."""
