"""Applicants: who asks for something, by checked number; their personal data sealed at rest."""
