"""All departments' deadlines at a glance: what is overdue rises here to the manager, and stays in the record (I5)."""
