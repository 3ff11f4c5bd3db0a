"""Several processes search the same problem and tell each other, a few times, what they found."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, cast

from routing.search.limit import Clock

Numbers = list[list[list[int]]]

OVERDUE_S = 0.7


@dataclass(frozen=True, slots=True)
class Told:
    """
    What one process has found so far.

    Parameters
    ----------
    cost
        Mills, and the price of what is left out.
    numbers
        Per vehicle its trips, per trip the numbers of its parts; None without a plan that keeps every rule.
    log
        Clock and cost of each better plan since it told last.
    """

    cost: int
    numbers: Numbers | None
    log: tuple[tuple[float, int], ...] = ()


# Tells the others and hears of a better plan, or None.
Swap = Callable[[Told], Told | None]
# A search: it calls the swap as often as all others do, and its last word is its answer.
Search = Callable[[Swap], Told]
# What a process does: it says something and gets an answer, as often as it likes; its last word it returns.
Job = Callable[[Callable[[Any], Any]], Any]


def alone(search: Search) -> Told:
    """A search in this process, with nobody to tell."""
    return search(lambda _told: None)


def side_by_side(
    searches: Sequence[Search],
    known: Told | None = None,
    ends_s: float | None = None,
    clock: Clock | None = None,
) -> tuple[Told, list[Told]]:
    """
    Runs each search in a process of its own.

    Without an end they wait for each other at each swap, so that what they hear depends on counts alone.
    With one, each hears at once the best that is known. A process that dies loses nothing it has told; one
    that is overdue is ended. None outlives this call, nor the caller's process.

    Parameters
    ----------
    searches
        Picklable where processes are spawned.
    known
        From which they begin: the answer when none of them says anything better.
    ends_s
        When the last word is due, on the clock; None to wait for it.
    clock
        As the searches read it.

    Returns
    -------
    tuple[Told, list[Told]]
        The best, and everything told.

    Raises
    ------
    RuntimeError
        When nothing was known, and every process died or was overdue before it told anything.
    """
    with working(searches) as links:
        desk = _Desk(links, known)
        while links:
            left_s = None if ends_s is None or clock is None else max(0.0, ends_s - clock()) + OVERDUE_S
            ready = wait(links, left_s)
            if not ready:
                break
            for link in cast("list[Connection]", ready):
                desk.hear(link)
            desk.answer(all_together=ends_s is None)
    if desk.best is None:
        raise RuntimeError("No process of the search told anything.")
    return desk.best, desk.told


class _Desk:
    """Where everything told is kept, and who waits for an answer."""

    def __init__(self, links: list[Connection], known: Told | None) -> None:
        self.links = links
        self.order = {link: number for number, link in enumerate(links)}
        self.waiting = list[tuple[Connection, int]]()
        self.best = known
        self.rank = (known.cost, -1, 0) if known else (0, 0, 0)
        self.round = 0
        self.told = list[Told]()

    def hear(self, link: Connection) -> None:
        """Takes what a process says; its end is its last word or its death."""
        try:
            told, is_last = link.recv()
        except (EOFError, ConnectionError):
            self.links.remove(link)
            return
        self.told.append(told)
        if is_last:
            self.links.remove(link)
        else:
            self.waiting.append((link, told.cost))
        # Of equals the earlier, not the first to speak: who is faster must not decide.
        rank = (told.cost, self.round, self.order[link])
        if self.best is None or rank < self.rank:
            self.best, self.rank = told, rank

    def answer(self, *, all_together: bool) -> None:
        """Gives whoever waits the best plan, when it is better than its own."""
        if all_together and len(self.waiting) < len(self.links):
            return
        self.round += 1
        for link, cost in self.waiting:
            best = self.best if self.best is not None and self.best.cost < cost else None
            try:
                link.send(best)
            except ConnectionError:
                continue
        self.waiting.clear()


@contextmanager
def working(jobs: Sequence[Job]) -> Iterator[list[Connection]]:
    """
    Processes at work: our ends of their lines, on which they say (what, whether it is their last word).

    A forked process begins at once with the problem in its memory; beside other threads forking is not safe,
    and a spawned one needs a second to import and load what is compiled.
    """
    forks = sys.platform == "linux" and threading.active_count() == 1
    context = get_context("fork") if forks else get_context("spawn")
    links, processes = list[Connection](), list[BaseProcess]()
    try:
        for job in jobs:
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(job, theirs, os.getpid()), daemon=True)
            process.start()
            theirs.close()
            links.append(ours)
            processes.append(process)
        yield list(links)
    finally:
        for child in processes:
            child.kill()
        for child in processes:
            child.join()
        for link in links:
            link.close()


def _work(job: Job, link: Connection, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()

    def talk(word: Any) -> Any:
        link.send((word, False))
        return link.recv()

    try:
        link.send((job(talk), True))
    except (EOFError, ConnectionError):
        return


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it is gone, however it went."""
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(0.5)
    os._exit(1)
