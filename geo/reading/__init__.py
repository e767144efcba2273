"""Reading: sentences, toponyms, dates and events out of an article's text."""

from geo.reading.reader import read

__all__ = ["read"]
