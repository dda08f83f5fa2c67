"""`python -m tests.conformance [command …]` writes golden files anew; read what changed before you commit it."""

import sys

from tests.conformance.playing import main

main(sys.argv[1:])
