"""What is printed of a case: official A4 pages, and who printed them."""
