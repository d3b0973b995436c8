"""Everything that stands in the public area: kiosk, screens, phone page, slips and the printing agent."""
