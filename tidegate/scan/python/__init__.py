"""The scan of Python by its own syntax tree. Imports the scan's context and data."""
