"""What the vendor answers: bytes, errors, and the envelope that errors come in. Imports record."""
