"""`python -m briefbot.cli` is `briefbot`."""

from briefbot.cli import main

main()
