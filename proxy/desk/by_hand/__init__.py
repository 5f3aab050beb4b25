"""What people order of deliveries: one act, a replay of many, an edited body. Imports the desk."""
