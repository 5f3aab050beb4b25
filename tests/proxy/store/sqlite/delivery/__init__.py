"""Tests of proxy/store/sqlite/delivery: what each statement costs, and what is true of its tables alone."""
