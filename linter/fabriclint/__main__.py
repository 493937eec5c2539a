"""`python -m fabriclint`."""

import os
import sys

# `-m` puts the working directory first on the path: a scanned repository could bring its own `yaml.py`.
if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from fabriclint.doors.cli import entry

if __name__ == "__main__":
    entry()
