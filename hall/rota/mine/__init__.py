"""The phone page of those whose turn it can be: directors, deputies, officers, liaisons (M2, M4)."""
