"""Which pages a person has, and which is theirs first."""

from api.permissions import Actor, Role

TABS = (
    ("/order", "Order a meal", "orders.own"),
    ("/standing", "Every week", "standing.own"),
    ("/desk", "Orders", "orders.desk"),
    ("/people", "People", "people.read"),
    ("/kitchen", "Kitchen", "day.plan"),
    ("/alarms", "Alarms", "alarm.read"),
    ("/menus", "Menus", "menu.plan"),
    ("/recipes", "Recipes", "menu.plan"),
    ("/carriers", "Carriers", "carrier.keep"),
    ("/sensors", "Sensors", "sensors.read"),
    ("/stock", "Stock", "stock.read"),
    ("/checks", "Checks", "checks.read"),
    ("/assets", "Cold and hot", "checks.read"),
    ("/papers", "Papers", "day.print"),
    ("/driver", "Van", "trip.read"),
    ("/canteen", "Canteen", "portions.discard"),
    ("/drops", "Deliveries", "drops.read"),
    ("/inspector", "Holds", "hold.read"),
    ("/bureau", "Subsidy", "ledger.read"),
    ("/statements", "Statements", "statement.read"),
    ("/servings", "Servings", "servings.review"),
    ("/oversight", "Oversight", "oversight.read"),
    ("/sites", "Sites on file", "site.read"),
    ("/programmes", "Programmes", "programme.read"),
)
FIRST: dict[Role, str] = {
    "kitchen": "/kitchen",
    "dispatcher": "/kitchen",
    "driver": "/driver",
    "canteen": "/canteen",
    "volunteer": "/drops",
    "inspector": "/inspector",
    "bureau": "/bureau",
    "admin": "/kitchen",
    "monitor": "/oversight",
    "diner": "/order",
}


def tabs_of(actor: Actor) -> list[tuple[str, str]]:
    """Path and name of each page that the role may see; names are message ids."""
    return [(path, name) for path, name, act in TABS if actor.may(act)]
