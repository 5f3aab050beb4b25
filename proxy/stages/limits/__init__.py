"""The parts of the limiter that do more than take a permit: estimates, several units, several credentials."""
