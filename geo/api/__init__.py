"""What other programs may ask of a running dashboard over HTTP; `server.py` mounts the routes."""

from geo.api.routes import Service, routes

__all__ = ["Service", "routes"]
