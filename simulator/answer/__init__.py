"""The vendor's answers: bytes, errors, and the envelope of an error. Imports record and values."""
