"""Tests of tidegate/configfile."""
