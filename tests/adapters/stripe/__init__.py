"""Tests of adapters/stripe/."""
