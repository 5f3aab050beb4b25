"""Many seeds played on all processors; a failure made small. Imports play."""
