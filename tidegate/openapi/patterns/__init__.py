"""Regular expressions of documents, as the engine takes them. Imports validator and schema_words."""
