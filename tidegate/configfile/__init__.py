"""What every YAML file of ours is read with: strict blocks, units, places, wording. Imports problems alone."""
