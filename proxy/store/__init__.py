"""The store of what must outlive a crash: ports, the values that pass through them, an implementation in each folder.

Knows keys, outcomes and quotas, and no HTTP. May import policies, call, config and the ground. Nobody but store_choice
imports an implementation.
"""
