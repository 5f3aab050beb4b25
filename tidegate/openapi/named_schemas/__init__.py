"""Schemas by names of their own: anchors, ids as bases, and dynamic references to them. Imports document_file."""
