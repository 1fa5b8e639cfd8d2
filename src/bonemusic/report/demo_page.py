"""The demo's page."""

from ..workshop.demo import DemoReport


def page(report: DemoReport) -> str:
    """The page, HTML in one piece."""
    return f"<!doctype html><title>{report.title}</title>"
