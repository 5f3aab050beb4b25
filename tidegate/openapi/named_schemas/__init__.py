"""Schemas by names of their own: anchors, ids, and dynamic references to them. Imports document_file."""
