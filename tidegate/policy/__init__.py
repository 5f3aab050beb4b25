"""What we do about a vendor: one block of keys each for retry, breaker, queue and the rest. Imports configfile."""
