"""The people who work here and the devices that stand here, as the administration sees them."""
