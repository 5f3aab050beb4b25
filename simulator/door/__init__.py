"""Admission: addresses, credentials, OAuth, and the limits, told in the vendor's dialect. Imports request and below."""
