"""Each alert fires when its cause is played on the real proxy, and ends when that is over, by Prometheus' own rules.

The proxy runs in the virtual world, with all that `tidegate serve` puts beside it; its page of metrics is read over the
wire once a minute. promtool judges what was read. tests/tidegate/monitoring has the same rules on invented figures.
"""
