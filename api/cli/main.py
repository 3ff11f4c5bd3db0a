"""The command ``holdchain``."""

import gc
import os
import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

import api.cli
from api.cli.common import NAMED_FIRST, Out, Register, cli_language
from api.cli.told_together import tell_together
from orders.errors import MealError

HELP = "Runs the day of a kitchen that feeds older people, and proves that the food kept its clock."
EPILOG = "Example: holdchain demo --no-serve --json --seed 7"
COLLECT_AFTER, SELDOM = 100_000, (20, 20)
app = typer.Typer(
    name="holdchain",
    help=HELP,
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(help=HELP)
def shared(
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Data folder; overrides HOLDCHAIN_DATA (default: var)."),
    ] = None,
) -> None:
    """Takes the options that stand before a command."""
    if data is not None:
        os.environ |= {"HOLDCHAIN_DATA": str(data), NAMED_FIRST: "yes"}


def register_all() -> None:
    """Adds the commands of every module of `api.cli` that has a ``register``, by name."""
    for module in sorted(pkgutil.iter_modules(api.cli.__path__), key=lambda one: one.name):
        if module.name != "main":
            register: Register | None = getattr(import_module(f"api.cli.{module.name}"), "register", None)
            if register is not None:
                register(app)
    tell_together(app)


def main() -> None:
    """
    Runs one command: exit code 0 done, 1 refused with a reason, 2 wrong usage.

    A day is a hundred thousand facts that live as long as the command: the collector, which looks for what
    is dead, comes seldom.
    """
    gc.set_threshold(COLLECT_AFTER, *SELDOM)
    register_all()
    try:
        app()
    except MealError as refusal:
        sys.exit(refuse(refusal, as_json="--json" in sys.argv))


def refuse(refusal: MealError, as_json: bool) -> int:
    """Says why a command was refused; gives exit code 1."""
    from api.errors import in_words

    words = in_words(refusal, cli_language())
    Out(as_json).result({"refused": {"code": refusal.code, "detail": words, "params": dict(refusal.params)}})
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
