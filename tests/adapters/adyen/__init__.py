"""Tests of adapters/adyen/."""
