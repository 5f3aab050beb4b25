"""Tests of tidegate/drift/."""
