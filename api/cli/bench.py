"""``holdchain bench``: how fast and how well this house plans, beside a peer on the same problem."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from api.cli.bench_routing import routing
from api.cli.bench_telemetry import telemetry
from api.cli.choosing import solving
from api.cli.common import JsonOption, Out, cli_language

MealsOption = Annotated[int, typer.Option(min=1, max=99_999, help="Orders of the invented day.")]
SitesOption = Annotated[int, typer.Option(min=1, max=999, help="Canteens of the invented day.")]
PiecesOption = Annotated[
    int | None,
    typer.Option(min=10, help="Pieces of equipment in all; without it the example city's own, in sets."),
]
TargetOption = Annotated[
    bool, typer.Option("--target", help="The goals' own day: 5,000 meals, 60 canteens, 25 pieces.")
]
StressOption = Annotated[
    bool, typer.Option("--stress", help="Close and demand only, of 100,000 meals for 1,000 canteens.")
]
SeedOption = Annotated[int, typer.Option(help="Same size and seed, same problem and same plans.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Measures the house beside a peer; without a name, a day.")
    group.callback(invoke_without_command=True)(default)
    group.command("day")(day)
    group.command("settle")(settle)
    group.command("menu")(menu)
    group.command("routing")(routing)
    group.command("telemetry")(telemetry)
    app.add_typer(group, name="bench")


def default(context: typer.Context) -> None:
    """Measures the house beside a peer on one frozen problem. Example: holdchain bench day --meals 5000"""
    if context.invoked_subcommand is None:
        day()


def day(
    meals: MealsOption = 700,
    sites: SitesOption = 12,
    pieces: PiecesOption = None,
    target: TargetOption = False,
    stress: StressOption = False,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> None:
    """Plans and prints an invented day in a temporary house. Example: holdchain bench day --seed 2 --json"""
    from api.logs import to_stderr

    to_stderr()
    out = Out(json)
    if stress:
        from api.bench.stress import bench_stress, stress_size

        found = bench_stress(stress_size(seed))
        _print_stress(out, found)
        out.result(found)
        return
    with solving():
        from api.bench.day import bench_day
        from api.bench.problem import Size, target_size

        found = bench_day(target_size(seed) if target else Size(meals, sites, seed, pieces))
    _print(out, found)
    out.result(found)


def settle(
    servings: Annotated[
        int, typer.Option(min=20, max=20_000_000, help="Meals of the invented month.")
    ] = 200_000,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> None:
    """Settles an invented month from files. Example: holdchain bench settle --servings 2000000"""
    from api.bench.settling import bench_settling

    found = bench_settling(servings, seed)
    out = Out(json)
    for line in SETTLE_LINES["problem"], SETTLE_LINES["machine"]:
        _say(out, line, found["problem"] | found["machine"])
    for side in ("ours", "peer"):
        _say(out, SETTLE_LINES["side"], found[side] | {"side": _word(f"settle_{side}")})
    judged = _word("reached" if found["to_reach"]["reached"] else "missed")
    same = _word("same" if found["same"] else "not_same")
    _say(out, SETTLE_LINES["ratio"], found | {"alike": same})
    _say(out, SETTLE_LINES["goal"], found["to_reach"] | {"judged": judged})
    out.result(found)


def menu(
    problem: Annotated[str, typer.Option(help="A frozen problem: delivery or at-once.")] = "delivery",
    weeks: Annotated[int, typer.Option(min=1, max=4, help="How many of its weeks.")] = 4,
    seconds: Annotated[float, typer.Option("--time", min=5, max=3600, help="Seconds for each side.")] = 60.0,
    variation: Annotated[
        int, typer.Option(min=0, help="0 for the problem itself, else a variation of it.")
    ] = 0,
    seed: SeedOption = 1,
    peer: Annotated[bool, typer.Option(help="Whether the solver alone is run too.")] = True,
    json: JsonOption = False,
) -> None:
    """Plans the menus of a frozen problem twice. Example: holdchain bench menu --weeks 1 --time 30"""
    with solving():
        from api.bench.menu import bench_menus

        try:
            found = bench_menus(problem, weeks, seconds, variation, seed, peer=peer)
        except FileNotFoundError as error:
            raise typer.BadParameter("delivery or at-once", param_hint="--problem") from error
    out = Out(json)
    for line, part in (("problem", found["problem"]), ("machine", found["machine"]), ("ours", found["ours"])):
        _say(out, MENU_LINES[line], part)
    if found["peer"]:
        _say(out, MENU_LINES["peer"], found["peer"])
    for goal in found["to_reach"]:
        words = {
            "what": _word(f"menu_{goal['what']}"),
            "judged": _word("reached" if goal["reached"] else "missed"),
        }
        _say(out, MENU_LINES["goal"], goal | words)
    out.result(found)


MENU_LINES = {
    "problem": "Menus {name}, variation {variation}, seed {seed}: {days} days, {meals} meals a day, "
    "{dishes} dishes",
    "machine": "{cores} cores, load {load:.1f} before, Python {python}",
    "ours": "Holdchain: cost {objective_fen} fen, bound {bound_fen}, gap {gap_ratio}, "
    "{gap_fen_a_meal} fen a meal; penalties {penalty_fen_a_meal} fen a meal ({penalty_ratio} of the whole), "
    "the gap is {penalty_gap_ratio} of them; "
    "first menu after {first_menu_s} s, {moves} moves, {broken} rules broken",
    "peer": "the solver alone: {status}, cost {objective_fen} fen, bound {bound_fen}, gap {gap_ratio}",
    "goal": "{value} of {limit:g}: {what}, {judged}",
}
SETTLE_LINES = {
    "problem": "{programme}: {servings} meals of {people} people, seed {seed}, digest {digest}",
    "machine": "{cores} cores, load {load:.1f} before, Python {python}",
    "side": "{s:9.2f} s {cpu_s:9.2f} s processor  {side}",
    "ratio": "ratio {ratio} (seconds), {alike}",
    "goal": "{value_s:9.1f} of {limit_s:g}: seconds for 2,000,000 servings, {judged}",
}


def _print(out: Out, found: Mapping[str, Any]) -> None:
    for part, lines in HEAD_LINES.items():
        for line in lines:
            _say(out, line, found[part])
    _print_stages(out, found)
    for part, (line, ratio_line) in PEER_LINES.items():
        for side in (side for side in SIDES if side in found[part]):
            _say(out, line, found[part][side] | {"side": _word(side)})
        if ratio_line:
            alike = found[part]["ratio"] is not None
            _say(out, ratio_line if alike else "no ratio: not the same boxes are delivered", found[part])
    _say(out, "{pages} pages, {pages_per_s} pages a second", found["papers"])
    _print_goals(out, found)


def _print_stress(out: Out, found: Mapping[str, Any]) -> None:
    for part, line in STRESS_LINES:
        _say(out, line, found[part])
    _print_stages(out, found)
    _print_goals(out, found)


def _print_stages(out: Out, found: Mapping[str, Any]) -> None:
    for stage in found["stages"]:
        _say(out, "{s:9.2f} s {cpu_s:9.2f} s  {what}", stage | {"what": _word(stage["stage"])})


def _print_goals(out: Out, found: Mapping[str, Any]) -> None:
    for goal in found["to_reach"]:
        words = {"what": _word(goal["what"]), "judged": _word("reached" if goal["reached"] else "missed")}
        _say(out, GOAL_LINES[goal["cpu"] is not None], goal | words)


def _say(out: Out, template: str, facts: Mapping[str, Any]) -> None:
    from api.words import gettext

    out.line(gettext(template, cli_language()).format(**facts))


def _word(code: str) -> str:
    from api.words import gettext

    return gettext(WORDS[code], cli_language())


HEAD_LINES = {
    "problem": (
        "Invented day of {city}: {meals} meals, {sites} canteens, seed {seed}, digest {digest}",
        "{portions} portions, {batches} batches on {equipment} pieces, {boxes} boxes, {stops} stops, "
        "{vans} vans",
    ),
    "machine": ("{cores} cores, load {load:.1f} before, Python {python}",),
    "budget": (
        "Budgets: schedule {schedule_tries} orders and {schedule_proof_time:g} units a kind; "
        "routes {route_iterations_per_part} iterations a part; at most {passes} passes, {passes_made} made",
        "    by clock    processor",
    ),
}
STRESS_LINES = (
    ("problem", HEAD_LINES["problem"][0]),
    ("problem", "{portions} portions of {dishes} dishes and variants, {clashes} clashes"),
    ("machine", HEAD_LINES["machine"][0]),
    ("machine", "    by clock    processor"),
)
SIDES = ("ours", "rule", "kept")
PEER_LINES = {
    "kitchen": (
        "kitchen, {side}: {portion_minutes} portion-minutes, a batch waits {mean_wait_s} s, "
        "{outside_window} outside its window, {unscheduled} not cooked",
        "kitchen: ratio {ratio} (portion-minutes); bound {bound}, gap {gap_ratio:.1%}",
    ),
    "routes": (
        "routes, {side}: {distance_m} m, {trips} trips, {unserved_boxes} boxes unserved, "
        "{violations} violations",
        "routes: ratio {ratio} (metres)",
    ),
    "food": (
        "food, {side}: {mean_minutes} minutes from the heat to the signature, "
        "{portions_delivered} portions delivered",
        "",
    ),
}
GOAL_LINES = (
    "{value:9.2f} of {limit:g}: {what}, {judged}",
    "{value:9.2f} of {limit:g}: {what}, {judged} (processor {cpu:.2f})",
)
WORDS = {
    "ours": "Holdchain",
    "rule": "a person's rule",
    "kept": "Holdchain, with the vans' departures",
    "import": "house filled, files imported",
    "close": "closed, suitability judged",
    "clashes": "clashes settled",
    "load": "loaded, demand",
    "demand": "demand",
    "batches": "batches",
    "schedule": "schedule",
    "boxes": "boxes",
    "routes": "routes",
    "plan": "the whole plan, kept and published",
    "papers": "papers",
    "close_to_boxes_s": "seconds for close, suitability, demand, batches and boxes",
    "close_and_demand_s": "seconds for close and demand",
    "schedule_s": "seconds for the schedule",
    "schedule_gap_ratio": "gap of the schedule to its bound (or a batch waits at most 60 s)",
    "papers_300_pages_s": "seconds for 300 pages",
    "settle_ours": "Holdchain: rows with reasons, statements",
    "settle_peer": "pandas: the diner subsidy alone, this plan as code",
    "same": "the same subsidy to the fen",
    "not_same": "NOT the same subsidy",
    "menu_first_menu_s": "seconds to the first checked menu",
    "menu_gap_ratio": "proved gap",
    "reached": "reached",
    "missed": "missed",
}
