"""The timeline of a run: intents, drawn scenarios, faults around the vendor. Imports apps, trouble and world."""
