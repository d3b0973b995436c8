"""The hall manager's floor: windows and lines at a glance, loans, stopped lines, notices, the end of the day."""
