"""Who may do what: roles, their scope, and one table of acts."""

from dataclasses import dataclass
from typing import Literal, get_args

from orders.errors import Forbidden

Role = Literal[
    "kitchen",
    "dispatcher",
    "driver",
    "canteen",
    "inspector",
    "bureau",
    "admin",
    "device",
    "diner",
    "volunteer",
    "monitor",
]
ROLES: tuple[Role, ...] = get_args(Role)

_PEOPLE: frozenset[Role] = frozenset(ROLES) - {"device"}
_STAFF: frozenset[Role] = _PEOPLE - {"diner", "volunteer", "monitor"}
_REGISTRARS: frozenset[Role] = frozenset({"kitchen", "canteen", "admin"})
_PLANNERS: frozenset[Role] = frozenset({"kitchen", "dispatcher", "admin"})

# Act to the roles that may do it. A page or an endpoint names one act; a test walks all routes.
ACTS: dict[str, frozenset[Role]] = {
    "self": frozenset(ROLES),
    "users.manage": frozenset({"admin"}),
    "clock.read": frozenset(ROLES),
    "clock.advance": frozenset({"admin"}),
    "config.edit": frozenset({"admin"}),
    "programme.read": frozenset({"bureau", "monitor", "admin"}),
    "programme.edit": frozenset({"admin"}),
    "import": frozenset({"kitchen", "admin"}),
    "people.read": _REGISTRARS | {"bureau"},
    "people.register": _REGISTRARS,
    "people.fact": _REGISTRARS | {"bureau"},
    "people.card": _REGISTRARS,
    "people.bind": _REGISTRARS,
    "people.enrol": _REGISTRARS | {"bureau"},
    "standing.keep": _REGISTRARS | {"diner"},
    "standing.own": frozenset({"diner"}),
    "orders.read": frozenset({"kitchen", "dispatcher", "canteen", "bureau", "admin"}),
    "orders.place": frozenset({"kitchen", "canteen", "diner", "admin"}),
    "orders.desk": frozenset({"kitchen", "canteen", "admin"}),
    "orders.own": frozenset({"diner"}),
    "orders.change_late": frozenset({"kitchen", "canteen", "admin"}),
    "payments.take": frozenset({"kitchen", "canteen", "admin"}),
    "closures.read": frozenset({"kitchen", "dispatcher", "canteen", "bureau", "admin"}),
    "closures.announce": frozenset({"kitchen", "canteen", "bureau", "admin"}),
    "menu.read": _PEOPLE,
    "menu.plan": frozenset({"kitchen", "admin"}),
    "menu.publish": frozenset({"kitchen", "admin"}),
    "menu.rules": frozenset({"kitchen", "admin"}),
    "day.close": frozenset({"kitchen", "admin"}),
    "clash.settle": frozenset({"kitchen", "admin"}),
    "clash.override": frozenset({"kitchen", "admin"}),
    "day.read": _STAFF,
    "day.plan": _PLANNERS,
    "day.publish": _PLANNERS,
    "day.print": _PLANNERS,
    "batch.cook": frozenset({"kitchen", "admin"}),
    "box.pack": frozenset({"kitchen", "admin"}),
    "carrier.read": frozenset({"kitchen", "dispatcher", "driver", "inspector", "admin"}),
    "carrier.keep": frozenset({"kitchen", "dispatcher", "admin"}),
    "box.move": frozenset({"kitchen", "dispatcher", "driver", "canteen", "admin"}),
    "trip.read": frozenset({"kitchen", "dispatcher", "driver", "admin"}),
    "trip.drive": frozenset({"driver", "admin"}),
    "box.hand_over": frozenset({"driver", "canteen", "admin"}),
    "receipt.read": frozenset({"kitchen", "dispatcher", "driver", "canteen", "inspector", "bureau", "admin"}),
    "box.make_good": _PLANNERS,
    "box.reheat": frozenset({"canteen", "kitchen", "admin"}),
    "box.measure": frozenset({"canteen", "volunteer", "admin"}),
    "meal.serve": frozenset({"canteen", "driver", "admin"}),
    "portions.discard": frozenset({"canteen", "kitchen", "admin"}),
    "drop.deliver": frozenset({"volunteer", "driver", "canteen", "admin"}),
    "drops.read": frozenset({"volunteer", "canteen", "admin"}),
    "servings.review": frozenset({"kitchen", "inspector", "bureau", "monitor", "admin"}),
    "proof.read": frozenset({"canteen", "bureau", "monitor", "admin"}),
    "hold.read": frozenset({"kitchen", "dispatcher", "canteen", "inspector", "admin"}),
    "alarm.read": frozenset({"kitchen", "dispatcher", "driver", "canteen", "inspector", "admin"}),
    "alarm.acknowledge": frozenset({"kitchen", "dispatcher", "driver", "canteen", "admin"}),
    "alarm.decide": frozenset({"kitchen", "admin"}),
    "stock.read": frozenset({"kitchen", "inspector", "admin"}),
    "stock.keep": frozenset({"kitchen", "admin"}),
    "checks.read": frozenset({"kitchen", "inspector", "admin"}),
    "checks.keep": frozenset({"kitchen", "admin"}),
    "checks.lift": frozenset({"kitchen", "admin"}),
    "checks.sign": frozenset({"kitchen", "admin"}),
    "checks.list": frozenset({"kitchen", "admin"}),
    "food.hold": frozenset({"kitchen", "inspector", "admin"}),
    "food.lift": frozenset({"kitchen", "inspector", "admin"}),
    "stop.read": _STAFF - {"bureau"} | {"volunteer"},
    "stop.seen": frozenset({"kitchen", "dispatcher", "driver", "canteen", "admin"}),
    "trace.read": frozenset({"kitchen", "inspector", "admin"}),
    "ledger.read": frozenset({"kitchen", "bureau", "admin"}),
    "statement.read": frozenset({"canteen", "kitchen", "bureau", "monitor", "admin"}),
    "statement.make": frozenset({"kitchen", "bureau", "admin"}),
    "statement.submit": frozenset({"canteen", "kitchen", "bureau", "admin"}),
    "statement.sign": frozenset({"canteen", "kitchen", "bureau", "admin"}),
    "statement.return": frozenset({"bureau", "admin"}),
    "statement.pay": frozenset({"bureau", "admin"}),
    "statement.check": frozenset({"bureau", "admin"}),
    "check.read": frozenset({"bureau", "monitor", "admin"}),
    "statement.adjust": frozenset({"bureau", "admin"}),
    "grant.give": frozenset({"bureau", "admin"}),
    "fund.read": frozenset({"bureau", "monitor", "admin"}),
    "fund.add": frozenset({"bureau", "admin"}),
    "settle": frozenset({"bureau", "kitchen", "admin"}),
    "oversight.read": frozenset({"bureau", "inspector", "monitor", "admin"}),
    "flag.find": frozenset({"bureau", "kitchen", "admin"}),
    "flag.decide": frozenset({"bureau", "admin"}),
    "blacklist.edit": frozenset({"bureau", "admin"}),
    "complaint.take": frozenset({"bureau", "canteen", "admin"}),
    "complaint.work": frozenset({"bureau", "admin"}),
    "survey.run": frozenset({"bureau", "admin"}),
    "survey.answer": frozenset({"bureau", "canteen", "admin"}),
    "site.read": frozenset({"bureau", "inspector", "monitor", "canteen", "admin"}),
    "site.edit": frozenset({"bureau", "admin"}),
    "site.inspect": frozenset({"bureau", "inspector", "admin"}),
    "oversight.export": frozenset({"bureau", "inspector", "monitor", "admin"}),
    "sensors.read": _PLANNERS,
    "devices.manage": frozenset({"admin"}),
    "audit.read": frozenset({"inspector", "admin"}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who acts.

    Parameters
    ----------
    user_id
        Row id of the user.
    name
        As shown beside what was done.
    role
        What the person may do.
    kitchen_id, site_id, vehicle_id
        The one kitchen, site or vehicle that the person acts for; None is not bound to one.
    """

    user_id: str
    name: str
    role: Role
    kitchen_id: str | None = None
    site_id: str | None = None
    vehicle_id: str | None = None

    def may(self, act: str) -> bool:
        """Whether the role allows the act."""
        return self.role in ACTS[act]


def ensure(
    actor: Actor,
    act: str,
    *,
    kitchen_id: str | None = None,
    site_id: str | None = None,
    vehicle_id: str | None = None,
) -> None:
    """
    Refuses an act that the actor's role or scope does not allow.

    Parameters
    ----------
    actor, act
        Who, and a key of `ACTS`.
    kitchen_id, site_id, vehicle_id
        What the act is about, where it is about one; compared with the actor's own.

    Raises
    ------
    Forbidden
        With code ``role_may_not`` or ``outside_scope``.
    """
    if not actor.may(act):
        raise Forbidden("role_may_not", role=actor.role, act=act)
    scopes = ((actor.kitchen_id, kitchen_id), (actor.site_id, site_id), (actor.vehicle_id, vehicle_id))
    for own, wanted in scopes:
        if own is not None and wanted is not None and own != wanted:
            raise Forbidden("outside_scope", own=own, wanted=wanted)
