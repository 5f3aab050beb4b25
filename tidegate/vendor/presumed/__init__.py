"""Facts that follow from a document alone, where there is no vendor file. Imports openapi and vendor."""
