"""A song and an X-ray picture made by nothing but code, so that a first record can be cut without any file."""
