"""Supervision bulletins (督导通报): drafted from the records, signed off by another, then frozen (M8)."""
