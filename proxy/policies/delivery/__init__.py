"""What becomes of a delivery: its states, its next step, its order among others. Imports call and resilience."""
