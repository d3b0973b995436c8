"""Out: results are handed over at the issue window or posted."""
