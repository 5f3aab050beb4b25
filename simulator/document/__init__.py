"""What the OpenAPI document means: kinds of objects, pages of lists, the answers of an operation."""
