"""``python -P -m icdlens``: the command, without the console script.

``-P`` keeps the working directory out of the import path: a workspace may hold a folder ``core/``.
"""

from icdlens.cli import main

if __name__ == "__main__":
    main()
