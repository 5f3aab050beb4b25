"""Tests of proxy/store/audit: the chain, and the contract of the log at every place."""
