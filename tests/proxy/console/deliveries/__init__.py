"""Tests of proxy/console/deliveries."""
