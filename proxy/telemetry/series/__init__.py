"""What counts are kept in and written as: histograms, bounded rows, apps as labels, text. Imports call."""
