"""A browser, for the page of the report."""

from tests.helpers.web_page import browser

__all__ = ["browser"]
