"""What a day was like: the day sheet per line, window and hour, and its spreadsheet."""
