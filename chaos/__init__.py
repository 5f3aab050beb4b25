"""The virtual world, faults, scenarios and invariants, and the demo that plays them."""
