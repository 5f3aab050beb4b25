"""Tests of proxy/store/sqlite: what is true of SQLite alone."""
