"""The test card, made by code: its sound, its letters, its marks. Knows no files; the workshop cuts it."""
