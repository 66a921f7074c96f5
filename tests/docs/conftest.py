"""A browser, for the site of the pages."""

from tests.helpers.web_page import browser

__all__ = ["browser"]
