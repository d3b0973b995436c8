"""Walks (M6): an item is gone through as an applicant would, each step timed; then promise and experience compared."""
