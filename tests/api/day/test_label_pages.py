"""Page and address that a label's code opens: whether it holds, and everything it has to say."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from api.day.paper_facts import load_paper_facts
from api.day.paper_labels import container_labels
from api.house import House
from tests.api.day.example_day import PUBLISHED_AT, SERVICE


def test_the_code_of_a_label_opens_all_it_says(house: House, as_user: Callable[[str], TestClient]) -> None:
    """
    Tests a sealed meal's label in both languages, a version that never was, and who may look.
    """
    with house.database.read() as session:
        label = container_labels(load_paper_facts(session, SERVICE, PUBLISHED_AT)).labels[0]
    kitchen = as_user("kitchen")
    told = kitchen.get("/api/v1/labels", params={"text": label.qr_text}).json()
    assert (told["kind"], told["version"], told["state"]) == ("meal", 1, "current")
    said = " ".join(told["says"])
    assert label.diner_code in said
    for language, words in (("zh_CN", "有效"), ("en", "holds")):
        kitchen.cookies.set("holdchain_language", language)
        page = kitchen.get("/sheets", params={"text": label.qr_text})
        assert page.status_code == 200 and words in page.text
        assert all(dish.dish.called(language) in page.text for dish in label.dishes)
    never = label.qr_text.replace(":1:", ":9:")
    assert kitchen.get("/api/v1/labels", params={"text": never}).status_code == 404
    assert kitchen.get("/api/v1/labels", params={"text": "holdchain:meal:x"}).status_code == 422
