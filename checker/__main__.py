"""`python -m tabayyun`."""

from tabayyun.cli import main

main()
