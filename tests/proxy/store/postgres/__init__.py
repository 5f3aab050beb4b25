"""Tests of proxy/store/postgres: what is true of PostgreSQL alone. The rest is the contract."""
