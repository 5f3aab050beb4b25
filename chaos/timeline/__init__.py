"""What happens in a run, and when: intents, drawn scenarios, trouble around the vendor. Imports apps and world."""
