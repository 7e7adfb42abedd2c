"""The site: settings, routes, and the flows and pages that need several apps."""
