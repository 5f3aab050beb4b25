"""See tidegate.proxy.policies.residency."""
