"""`python -m common`."""

from common.cli import main

main()
