"""A wrong usage told at once: every argument and option that is missing, not one after the other."""

from typing import Any

import typer
from typer.core import TyperCommand

from api.cli.common import cli_language


class ToldTogether(TyperCommand):
    """A command that names all that it lacks."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the command line; refuses it with everything that is missing there."""
        from api.words import gettext

        given = list(args)
        try:
            return list(super().parse_args(ctx, args))
        except typer.BadParameter as error:
            lacking = self._lacking(ctx, given)
            if len(lacking) < 2 or error.param is None or error.param.name not in lacking:
                raise
            words = gettext("Missing: {what}. See {command} --help.", cli_language())
            shown = ", ".join(lacking.values())
            return list(ctx.fail(words.format(what=shown, command=ctx.command_path)))

    def _lacking(self, ctx: Any, given: list[str]) -> dict[str, str]:
        found, _, _ = self.make_parser(ctx).parse_args(args=given)
        return {
            str(one.name): one.opts[0] if one.param_type_name == "option" else str(one.name).upper()
            for one in self.get_params(ctx)
            if one.required and not isinstance(found.get(str(one.name)), str | list | bool | tuple)
        }


def tell_together(app: typer.Typer) -> None:
    """Lets every command of an application, in whichever group, tell so."""
    for command in app.registered_commands:
        command.cls = ToldTogether
    for group in app.registered_groups:
        if group.typer_instance is not None:
            tell_together(group.typer_instance)
