"""A vendor's OpenAPI document: read, indexed, matched, checked. Imports problems and json_pointer."""
