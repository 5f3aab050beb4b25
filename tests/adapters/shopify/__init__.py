"""Tests of adapters/shopify/."""
