"""How each kind of benefit is worked out; `orders.settlement` puts the parts together."""
