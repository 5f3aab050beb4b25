"""Reports about each call: log lines, metrics, spans, recent calls. Imports call; decides nothing."""
