"""What a published menu offers, as the catalogue declares its dishes now."""

from dataclasses import replace

from sqlmodel import Session

from api.day.diets import load_rules
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.variants import item_with_variants
from orders.menus import Menu
from orders.service import Service
from orders.store.menus import load_menu


def offered(session: Session, service: Service) -> Menu | None:
    """
    The published menu of a service with each dish as the catalogue has it now, None without a menu.

    A menu keeps what was declared when it was made. An allergen, a tag or a texture that was declared since
    counts all the same; a dish that has left the catalogue stays as the menu has it.
    """
    menu = load_menu(session, service)
    if menu is None:
        return None
    dishes, foods = load_dishes(session, {item.dish_id for item in menu.items}), load_foods(session)
    rules = load_rules()
    items = (
        replace(item_with_variants(dishes[item.dish_id], foods, rules), supply=item.supply)
        if item.dish_id in dishes
        else item
        for item in menu.items
    )
    return replace(menu, items=tuple(items))
