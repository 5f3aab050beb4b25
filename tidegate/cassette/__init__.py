"""Cassettes: exchanges with a vendor, as a file of JSON lines, and what becomes one. Imports problems, redaction, codings."""
