"""What a diet does to a diner before suitability is judged."""

from datetime import date

import pytest

from api.day.diets import with_diets
from orders.diners import Diner, Texture


@pytest.mark.parametrize(
    ("diets", "texture", "expected"),
    [
        ({"soft"}, "regular", "soft"),
        ({"soft"}, "pureed", "pureed"),
        ({"low_salt"}, "regular", "regular"),
        (set(), "minced", "minced"),
        ({"soft", "halal"}, "regular", "soft"),
    ],
)
def test_a_soft_diet_is_a_texture(diets: set[str], texture: Texture, expected: Texture):
    """
    Tests that a clerk who writes soft food under diets protects the diner as the texture column does.
    """
    diner = Diner("1", "D1", "n", date(1940, 1, 1), "C01", diets=frozenset(diets), texture=texture)
    assert with_diets({"1": diner})["1"].texture == expected
