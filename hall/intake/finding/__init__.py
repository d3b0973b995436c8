"""Finding a case again: by its papers or its applicant's number."""
