"""`python -m mispredict.worker`: serve requests from standard input until it ends."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Keep the answers' pipe for answers alone, lock down, serve."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to standard error
    from mispredict.worker.limits import lock_down
    from mispredict.worker.server import serve

    lock_down()
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
