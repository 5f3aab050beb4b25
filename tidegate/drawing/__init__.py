"""Requests that a vendor would take, drawn from its document, in bytes. Imports scenario, values and openapi."""
