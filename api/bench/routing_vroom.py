"""VROOM beside ours, where its wheel is installed: it is no part of the house."""

import importlib
import importlib.util
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import numpy as np

from api.bench.routing_runs import PROCESSES, Answer, judged, plan_of_numbers
from routing.instances.instance import Instance
from routing.problem import Problem

MOST = 3_000
EXPLORATION = 5


def vroom_is_here() -> bool:
    """Whether ``pip install pyvroom`` was made."""
    return importlib.util.find_spec("vroom") is not None


def vrooms(instance: Instance, seconds: float) -> list[Answer]:
    """VROOM's answer with all its threads; none where it cannot be told the problem."""
    if not vroom_is_here() or not _may_express(instance.problem):
        return []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return [pool.submit(_vroom, instance, seconds).result()]


def _may_express(problem: Problem) -> bool:
    """It has one trip a vehicle, no release, no longest time out, and one price of a way here."""
    vans = problem.vehicles
    alike = all(van.most_trips == 1 and van.most_out_s is None and not van.fixed_cost for van in vans)
    released = any(load.release_s > 0 for stop in problem.stops for load in stop.boxes)
    return (
        len(problem.stops) <= MOST and alike and len({van.metre_cost for van in vans}) == 1 and not released
    )


def _vroom(instance: Instance, seconds: float) -> Answer:
    vroom, problem, began_s = importlib.import_module("vroom"), instance.problem, time.monotonic()
    ways = problem.travel.block(range(problem.travel.size)).distance_m.astype(np.uint32)
    asked = vroom.Input()
    asked.set_durations_matrix("car", ways)
    asked.set_costs_matrix("car", ways)
    for number, van in enumerate(problem.vehicles):
        at = problem.depot_place(van)
        shift = (van.shift_start_s, van.shift_end_s)
        asked.add_vehicle(vroom.Vehicle(number, start=at, end=at, capacity=[van.units], time_window=shift))
    for number, stop in enumerate(problem.stops):
        asked.add_job(
            vroom.Job(
                number,
                location=problem.first_stop + number,
                default_service=stop.unload_s,
                delivery=[sum(load.units for load in stop.boxes)],
                time_windows=[(window.open_s, window.close_s) for window in stop.windows],
            )
        )
    found = asked.solve(
        exploration_level=EXPLORATION, nb_threads=PROCESSES, timeout=timedelta(seconds=seconds)
    )
    numbers: list[list[list[int]]] = [[] for _ in problem.vehicles]
    steps = found.routes
    jobs = steps[steps["type"] == "job"]
    for vehicle, own in jobs.groupby("vehicle_id", sort=False):
        numbers[int(vehicle)] = [[int(job) for job in own["id"]]]
    answer = Answer("vroom", EXPLORATION, time.monotonic() - began_s, None)
    return judged(answer, instance, plan_of_numbers(instance, numbers))
