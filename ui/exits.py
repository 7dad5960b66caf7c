"""The exit codes of the command.

1: done, with the failures listed; 2: not done, and why; 3: the documents do not say; 4: another process is writing;
130: stopped by Ctrl-C.
"""

from __future__ import annotations

DONE, FAILURES, NOT_DONE, ABSTAINED, BUSY, STOPPED = 0, 1, 2, 3, 4, 130
