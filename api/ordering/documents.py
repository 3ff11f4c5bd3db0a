"""Orders, prices and what they cost, as documents of the API and the command line."""

from typing import Any

from api.ordering.payments import Account
from api.ordering.quotes import Consequence
from api.words import say
from orders.order import Order
from orders.ordering import Quote
from orders.service import Service


def order_document(service: Service, order: Order) -> dict[str, Any]:
    """An order without names of persons."""
    return {
        "order_id": order.order_id,
        "code": order.code,
        "service": service.key,
        "diner_id": order.diner_id,
        "site_id": order.site_id,
        "delivery": order.delivery or "",
        "dishes": list(order.dish_ids),
        "channel": order.channel,
        "state": order.state,
        "placed_at": order.placed_at.isoformat(),
        "ending": order.ending or "",
        "price_fen": order.price_fen,
    }


def quote_document(quote: Quote, language: str) -> dict[str, Any]:
    """The price in three lines, with why in words."""
    return {
        "price_fen": quote.price_fen,
        "subsidy_fen": quote.subsidy_fen,
        "diner_fen": quote.diner_fen,
        "site_bears_fen": quote.site_bears_fen,
        "class_id": quote.class_id,
        "programme": quote.programme_id,
        "why": [
            {"code": one.code, "params": dict(one.params), "words": say(one, language)} for one in quote.why
        ],
    }


def consequence_document(found: Consequence, language: str) -> dict[str, Any]:
    """What cancelling costs."""
    return {
        "ending": found.ending,
        "held_fen": found.held_fen,
        "refund_fen": found.refund_fen,
        "quote": quote_document(found.quote, language),
    }


def account_document(account: Account) -> dict[str, Any]:
    """What was paid for an order, is open, or goes back."""
    return {
        "owed_fen": account.owed_fen,
        "held_fen": account.held_fen,
        "open_fen": account.open_fen,
        "refund_due_fen": account.refund_due_fen,
        "payments": [
            {
                "kind": one.kind,
                "method": one.method,
                "amount_fen": one.amount_fen,
                "reference": one.reference,
                "bound": one.bound,
                "paid_at": one.paid_at.isoformat(),
            }
            for one in account.payments
        ],
    }
