"""Caching: which answers may be stored and used again (RFC 9111). Imports dialects and call."""
