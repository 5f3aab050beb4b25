"""The meaning of the OpenAPI document: kinds of objects, pages of lists, the answers of an operation."""
