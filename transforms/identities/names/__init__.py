"""Names and descriptions of people and organizations: taken apart, compared, spelled otherwise."""
