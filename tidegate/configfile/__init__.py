"""The reading of our YAML files: strict blocks, units, places, wording, rules. Imports problems and world."""
