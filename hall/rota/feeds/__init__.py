"""Turns as calendar feeds (RFC 5545): one by secret address for a person, a public one for a reception (M3)."""
