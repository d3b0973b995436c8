"""The backend of the service hall: its rules, staff pages, machine interface and live channel."""
