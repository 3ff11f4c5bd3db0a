"""Tests that kill -9 of worker, broker and database loses and doubles nothing acknowledged."""

import os
import random
import time

import pytest

from tests.faults.pipeline import assert_stored_once, pipeline

KILLS = int(os.environ.get("HOLDCHAIN_KILLS", "200"))


def test_nothing_acknowledged_is_lost_or_doubled_by_a_few_kills(tmp_path, database):
    """
    Tests the real pipeline under kill -9 of worker, then broker, then database, then all of them at once.
    """
    with pipeline(tmp_path, database) as path:
        path.publish(20)
        path.settle()
        path.publish(40)
        path.kill_worker()
        path.publish(40)
        path.kill_broker()
        path.publish(20)
        if not database.is_sqlite:
            path.kill_database()
        path.kill_broker()
        path.kill_worker()
        path.publish(20)
        path.settle()
        assert_stored_once(path)


@pytest.mark.faults
def test_nothing_acknowledged_is_lost_or_doubled_by_two_hundred_kills(tmp_path, database):
    """
    Tests the same under 200 kills at random moments, of sensors of every family that has an identity.
    """
    rng = random.Random(20261123)
    with pipeline(tmp_path, database) as path:
        acts = [path.kill_worker, path.kill_broker] + ([] if database.is_sqlite else [path.kill_database])
        for _ in range(KILLS):
            path.publish(rng.randrange(5, 20))
            time.sleep(rng.uniform(0, 3))
            path.worker.tend()
            rng.choice(acts)()
        path.settle(300)
        assert_stored_once(path)
