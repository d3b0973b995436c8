"""On the day: who came to which window and when, checked with the department where nobody came (M5, M6)."""
