"""Orders handed over to a warehouse. Imports gateway, fields and ports."""
