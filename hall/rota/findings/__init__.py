"""The ledger of findings (问题台账): found, assigned, put right with evidence, verified by another, closed out (M7)."""
