"""Case files to and from HTCDS 2.0, IOM's case data standard, with a report of what could not be expressed."""
