"""Oversight: reading the journal, for auditors and supervisors."""
