"""`python -m billfold` is the same as `billfold`."""

from billfold.cli import main

main()
