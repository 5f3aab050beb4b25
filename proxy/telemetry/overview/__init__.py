"""Each vendor at a glance, now and in the last minutes. Imports call and series; decides nothing about a call."""
