"""The hall set up in the browser: site, hours, lines, windows, notices, texts, calendar."""
