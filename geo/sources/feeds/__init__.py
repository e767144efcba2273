"""Feeds: RSS, Atom and JSON Feed into entries, and lists of feeds as OPML."""
