# SPDX-License-Identifier: Apache-2.0
"""Work in a forked child that is killed, or meets a failure, before one of the system's calls that it makes."""

import itertools
import os
import signal
import traceback


def before_each(step, act):
    """Return a function that wraps calls so that `act` comes before the one with that number."""
    calls = itertools.count(1)

    def wrap(real):
        def counted(*args, **kwargs):
            if next(calls) == step:
                act()
            return real(*args, **kwargs)

        return counted

    return wrap


def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(work):
    """Run work in a forked child; return its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        status = 70
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001  the child must never come back into pytest
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
