"""Open the web chat: `python app.py` is `briefbot serve`, and takes the same options."""

import sys

from briefbot.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["serve"]
    main()
