"""Answers of language models: conversations, JSON by a schema, vectors. Imports answer and values."""
