"""What of a vendor is watched: thresholds and objectives, on which the proxy itself does not act."""
