"""How parse workers begin, stand in for each other, and end."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from bot.errors import FeedError, FetchProblem
from bot.sources import parse_process
from bot.sources.parse_process import Allowance
from bot.sources.parse_protocol import LENGTH
from bot.sources.parser import WorkerParser
from tests.integration.parser.documents import HOSTILE, response, rss, worker_processes


def ends_within(pid: int, seconds: float) -> bool:
    """Whether a process that is nobody's child any more ends in time; a zombie that nobody collects has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def environment_names(pid: int) -> set[str]:
    """The names of the environment variables that a process was started with."""
    return {line.split("=")[0] for line in Path(f"/proc/{pid}/environ").read_text().split("\0") if line}


class TestProcesses:
    async def test_many_documents_at_once_take_one_worker_and_none_is_left(self) -> None:
        async with WorkerParser(workers=2) as parser:
            feeds = await asyncio.gather(*(parser.parse(response(rss(f"<title>{n}</title>"))) for n in range(20)))
            assert len(worker_processes(os.getpid())) == 1

        assert [feed.items[0].title for feed in feeds] == [str(number) for number in range(20)]
        assert worker_processes(os.getpid()) == []

    async def test_a_stuck_worker_holds_nobody_up_and_its_stand_in_goes_again(self) -> None:
        async with WorkerParser(workers=2, deadline=20.0) as parser:
            await parser.parse(response(rss()))
            (worker,) = worker_processes(os.getpid())
            os.kill(worker, signal.SIGSTOP)
            stuck = asyncio.create_task(parser.parse(response(rss("<title>Stuck</title>"))))
            await asyncio.sleep(0)
            feeds = await asyncio.gather(*(parser.parse(response(rss(f"<title>{n}</title>"))) for n in range(3)))
            assert [feed.items[0].title for feed in feeds] == ["0", "1", "2"]
            assert len(worker_processes(os.getpid())) == 2
            os.kill(worker, signal.SIGCONT)
            assert (await stuck).items[0].title == "Stuck"
            await parser.parse(response(rss()))
            assert len(worker_processes(os.getpid())) == 1

    async def test_a_worker_is_started_only_when_it_is_needed(self) -> None:
        async with WorkerParser(workers=2) as parser:
            assert worker_processes(os.getpid()) == []
            for _ in range(3):
                await parser.parse(response(rss()))
            assert len(worker_processes(os.getpid())) == 1

    async def test_a_worker_that_was_killed_from_outside_is_replaced(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())
        os.kill(worker, signal.SIGKILL)

        assert (await parser.parse(response(rss("<title>Next</title>")))).items[0].title == "Next"

    async def test_a_polite_signal_is_left_to_the_parent(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(worker, number)
            await parser.parse(response(rss()))

        assert worker_processes(os.getpid()) == [worker]

    async def test_a_worker_that_does_not_start_is_a_feed_error(
        self, parser: WorkerParser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for program in ("/nowhere/python", "/bin/false"):
            monkeypatch.setattr(sys, "executable", program)
            with pytest.raises(FeedError, match="does not start") as caught:
                await parser.parse(response(rss()))
            assert caught.value.problem is FetchProblem.PARSER_KILLED

    @pytest.mark.parametrize(
        "answer", [b"[]", b"{}", b'{"feed": {"items": [{}]}}', b'{"feed": 1}', b'{"problem": "new"}', b"\xff", b"{"]
    )
    async def test_a_worker_that_was_taken_over_cannot_break_the_parser(
        self, parser: WorkerParser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: bytes
    ) -> None:
        impostor = tmp_path / "python"
        impostor.write_bytes(
            b"#!%s\nimport sys\nsys.stdout.buffer.write(b'+')\nsys.stdout.flush()\nsys.stdin.readline()\n"
            b"sys.stdout.buffer.write(%r)\n" % (sys.executable.encode(), LENGTH.pack(len(answer)) + answer)
        )
        impostor.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(impostor))

        with pytest.raises(FeedError) as caught:
            await parser.parse(response(rss()))
        assert caught.value.problem is FetchProblem.PARSER_KILLED

    async def test_a_document_that_is_tried_twice_has_one_deadline(self) -> None:
        allowance = Allowance(0.05)
        with pytest.raises(TimeoutError):
            async with allowance.spend():
                await asyncio.Event().wait()
        with pytest.raises(TimeoutError):
            async with allowance.spend():
                await asyncio.sleep(0.001)

    async def test_leaving_while_a_document_is_read_ends_that_with_an_error(self) -> None:
        async with WorkerParser(workers=1) as parser:
            await parser.parse(response(rss()))
            task = asyncio.create_task(parser.parse(response(HOSTILE["author regex"])))
            await asyncio.sleep(0.05)

        with pytest.raises(FeedError) as caught:
            await task
        assert caught.value.problem is FetchProblem.PARSER_KILLED

    async def test_a_worker_is_replaced_after_many_documents(
        self, parser: WorkerParser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parse_process, "RECYCLE_AFTER", 3)
        seen = set()
        for _ in range(7):
            await parser.parse(response(rss()))
            seen.update(worker_processes(os.getpid()))

        assert len(seen) == 3

    async def test_a_cancelled_parse_leaves_the_parser_usable(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        task = asyncio.create_task(parser.parse(response(HOSTILE["author regex"])))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert (await parser.parse(response(rss("<title>Next</title>")))).items[0].title == "Next"

    async def test_a_worker_does_not_see_the_environment(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())

        assert environment_names(worker) == {"PYTHONPATH"}

    async def test_a_worker_may_take_half_a_gigabyte_and_no_more(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())

        assert resource.prlimit(worker, resource.RLIMIT_AS) == (512 * 1024 * 1024, 512 * 1024 * 1024)

    def test_ctrl_c_ends_the_program_without_a_word_from_its_workers(self, tmp_path: Path) -> None:
        """As a main script in its own process group, stuck in a document when the signal comes to the group."""
        script = tmp_path / "main.py"
        script.write_text(
            textwrap.dedent("""
            import asyncio, signal
            from bot.ports.fetcher import FeedResponse
            from bot.sources.parser import WorkerParser

            async def main():
                loop, task = asyncio.get_running_loop(), asyncio.current_task()
                loop.add_signal_handler(signal.SIGINT, task.cancel)
                async with WorkerParser(deadline=60) as parser:
                    feed = FeedResponse("http://x/", b"<rss version='2.0'><channel/></rss>", "", "", "", False)
                    await parser.parse(feed)
                    print("ready", flush=True)
                    body = b"<rss version='2.0'><channel><item><author>" + b"a" * 500_000 + b"</author></item>"
                    await parser.parse(FeedResponse("http://x/", body, "", "", "", False))

            try:
                asyncio.run(main())
            except asyncio.CancelledError:
                print("ended", flush=True)
            """)
        )
        process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "error", str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        workers = worker_processes(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)

        assert (out, err, process.returncode) == ("ended\n", "", 0)
        assert len(workers) == 1
        assert not Path(f"/proc/{workers[0]}").exists()

    def test_a_worker_whose_parent_was_killed_ends_by_itself(self, tmp_path: Path) -> None:
        script = tmp_path / "main.py"
        script.write_text(
            textwrap.dedent("""
            import asyncio
            from bot.ports.fetcher import FeedResponse
            from bot.sources.parser import WorkerParser

            async def main():
                async with WorkerParser(deadline=0.5) as parser:
                    feed = FeedResponse("http://x/", b"<rss version='2.0'><channel/></rss>", "", "", "", False)
                    await parser.parse(feed)
                    body = b"<rss version='2.0'><channel><item><author>" + b"a" * 500_000 + b"</author></item>"
                    asyncio.get_running_loop().call_later(0.2, lambda: print("ready", flush=True))
                    await parser.parse(FeedResponse("http://x/", body, "", "", "", False))

            asyncio.run(main())
            """)
        )
        with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready")
            (worker,) = worker_processes(process.pid)
            process.kill()

        assert ends_within(worker, seconds=10)
