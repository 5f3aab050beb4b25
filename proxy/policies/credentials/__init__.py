"""Which credential a call wears, how long it is good, and what becomes of one that is refused. Decisions only.

Imports resilience and what is below it, and the vendor file's facts.
"""
