"""The header by which whoever makes a load names each of its calls, so that a judge knows a call's requests again.

Tidegate passes it on as any other header, and the simulator writes it into its journal. Its name must not speak of an
account, or no two calls would share a stored answer (proxy/policies/caching/vary.py).
"""

TAG_HEADER = "Call-Tag"

TAG_CHARACTERS_MAX = 100
"""A longer tag is cut in the journal."""
