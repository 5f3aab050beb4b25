"""What the pacts use of a vendor, and how grave a change is by it. Imports documents."""
