"""The other servers that a reader can turn on for the map; nothing else is ever asked."""

CDN_ORIGINS = ("https://cdn.jsdelivr.net",)
TILE_ORIGINS = ("https://tile.openstreetmap.org",)
