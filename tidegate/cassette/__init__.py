"""Cassettes: exchanges in a file of JSON lines, and what becomes one. Imports problems, redaction, codings."""
