"""Tests of tidegate/drawing/."""
