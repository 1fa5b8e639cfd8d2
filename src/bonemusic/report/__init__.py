"""Draws what a report holds; computes nothing."""
