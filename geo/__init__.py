"""Dateline: read news, place it, show the sentence that says so.

The folders of this package follow the path of the data, and imports run one way along it:
gazetteer, geocoding, reading, sources, store, pipeline, query, maps, export, cli.
"""

__version__ = "0.1.0"
