"""Files that are sent: pictures, and bundles in other programs' formats."""
