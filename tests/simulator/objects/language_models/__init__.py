"""Tests of tidegate.simulator.objects.language_models."""
