"""What may be stored and answered again (RFC 9111). Imports dialects and call."""
