"""A vendor's OpenAPI document: read, indexed, matched, checked. Imports configfile and problems."""
