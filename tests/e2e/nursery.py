"""A process that has loaded Tocsin and forks one for each `tocsin` it is asked for.

Loading takes most of a second of processor time, and these tests start a hundred processes. What is forked is a process
like any other: with the environment, the folder, the words and the three streams that it is given, killed and ended
like every other. It only finds loaded what `python -m bot` would load first.

Run as `python -m tests.e2e.nursery SOCKET`; it ends with its standard input. Each connection is one process: a message
asks for it, and the answers are its number and, when it has ended, its exit code.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Iterable
from importlib import import_module

_LOADED = ("bot.cli.run", "bot.cli.feeds", "bot.cli.poll", "bot.chat.telegram.connect", "bot.chat.slack.connect")
_LONGEST_REQUEST = 1 << 17


def main() -> None:
    """Forks until nobody needs it any more. In each process that it forked it returns when `tocsin` has ended."""
    for name in _LOADED:
        import_module(name)
    gc.collect()
    gc.freeze()
    listening, woken = socket.socket(fileno=int(sys.argv[1])), _wake_on_deaths()
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        for waited_for in (sys.stdin, listening, woken):
            selector.register(waited_for, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if sys.stdin in ready:
                return _kill(children)
            if woken in ready:
                woken.recv(1024)
                _tell_deaths(children)
            if listening in ready:
                connection, _ = listening.accept()
                request, streams, _, _ = socket.recv_fds(connection, _LONGEST_REQUEST, 3)
                child = os.fork()
                if child == 0:
                    return _become_tocsin(json.loads(request), streams)
                children[child] = connection
                connection.send(str(child).encode())
                for stream in streams:
                    os.close(stream)


def _kill(children: Iterable[int]) -> None:
    for child in children:
        os.kill(child, signal.SIGKILL)


def _wake_on_deaths() -> socket.socket:
    """What can be read from when a child has ended."""
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking.detach(), warn_on_full_buffer=False)
    return woken


def _tell_deaths(children: dict[int, socket.socket]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        with children.pop(child) as connection:
            try:
                connection.send(str(os.waitstatus_to_exitcode(status)).encode())
            except BrokenPipeError:
                continue  # whoever asked for it has not waited for its end


def _become_tocsin(asked: dict[str, object], streams: list[int]) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # Those there are remember what they were connected to.
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout, sys.stderr = (os.fdopen(number, "w", 1, encoding="utf-8") for number in (1, 2))
    arguments, environment, folder = asked["arguments"], asked["environment"], asked["folder"]
    assert isinstance(arguments, list)
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(folder))
    sys.argv[1:] = arguments
    from bot.__main__ import main as run_tocsin

    run_tocsin()


if __name__ == "__main__":
    main()
