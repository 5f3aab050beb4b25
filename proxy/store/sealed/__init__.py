"""Sealing of what holds personal data, above any store: the store sees bytes. May import the ports.

Nobody but assembly, upstream and who shows what cannot be opened need know of it.
"""
