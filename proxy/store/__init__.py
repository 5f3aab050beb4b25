"""What the proxy must remember over a crash: ports, the values that pass through them, and an implementation a folder.

Knows keys, outcomes and quotas, and no HTTP. May import policies, call, config and the ground. Nobody but store_choice
imports an implementation.
"""
