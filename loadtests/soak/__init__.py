"""A long run of a vendor's ordinary traffic through proxy and simulator: no failure, and all at rest afterwards."""
