"""A request, read and checked against the document: path, query, headers, body. Imports answer."""
