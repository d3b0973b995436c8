"""What applicants may follow of their case by the code on its receipt (I9)."""
