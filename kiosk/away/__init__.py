"""What a kiosk takes along for the time when its server is away (Q9, docs/cut-off.md)."""
