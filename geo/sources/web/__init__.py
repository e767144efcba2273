"""Fetching what strangers' servers send: which addresses may be asked, and within what limits."""
