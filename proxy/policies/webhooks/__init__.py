"""Webhooks: which of them are the vendor's own and which are forged, told apart and signed. Imports dialects."""
