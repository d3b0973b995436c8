"""One window in, departments behind, one window out: cases from receipt to result."""
