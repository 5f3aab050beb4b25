"""Tests of tidegate.proxy.desk."""
