"""Pictures on the sheet: X-rays."""
