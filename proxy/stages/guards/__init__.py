"""Stages that guard what leaves: they judge a call, and each of its attempts, and refuse. May import what stages do."""
