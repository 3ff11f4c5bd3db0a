"""The services that other tests stand on are real, ours alone, and empty."""

import threading

import paho.mqtt.client as mqtt
import psycopg
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import create_engine, func, select, text

from orders.store.base import METADATA


def test_postgres_is_a_cluster_of_our_own(postgres_url):
    """
    Tests that the server keeps its data outside the checkout and listens on the loopback only.
    """
    with psycopg.connect(postgres_url) as server:
        folder = server.execute("SHOW data_directory").fetchone()[0]
        hosts = server.execute("SHOW listen_addresses").fetchone()[0]
    assert "holdchain-postgres-" in folder
    assert hosts == "127.0.0.1"


def test_each_test_has_an_empty_database(database_url):
    """
    Tests that a database of either kind starts empty, takes a table, and keeps Chinese as it is.
    """
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE dish (name TEXT NOT NULL)"))
        connection.execute(text("INSERT INTO dish VALUES ('螺蛳粉')"))
        names = connection.execute(text("SELECT name FROM dish")).scalars().all()
    engine.dispose()
    assert names == ["螺蛳粉"]


def test_databases_share_nothing(database_url):
    """
    Tests that a table made by another test is not here.
    """
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE dish (name TEXT NOT NULL)"))
        rows = connection.execute(text("SELECT name FROM dish")).all()
    engine.dispose()
    assert rows == []


def test_a_database_comes_with_every_table(database):
    """
    Tests that each table is there, and empty.
    """
    with database.read() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in METADATA.sorted_tables]
    assert counts
    assert set(counts) == {0}


def test_mosquitto_hands_on_a_message(mosquitto_port):
    """
    Tests that a message at QoS 1 goes through the broker.
    """
    got: list[bytes] = []
    subscribed, arrived = threading.Event(), threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda *_: client.subscribe("hold", qos=1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _userdata, message: (got.append(message.payload), arrived.set())
    client.connect("127.0.0.1", mosquitto_port)
    client.loop_start()
    assert subscribed.wait(5)
    client.publish("hold", b"71.4", qos=1)
    assert arrived.wait(5)
    client.disconnect()
    client.loop_stop()
    assert got == [b"71.4"]


def test_browser_draws_chinese(browser):
    """
    Tests that the browser runs a page's script and has a font whose Chinese letters differ.
    """
    page = browser.new_page()
    page.set_content("<span id=a>热</span><p id=b></p><script>b.textContent = '冷'</script>")
    drawn = page.locator("#a").screenshot()
    page.evaluate("a.textContent = '冷'")
    redrawn = page.locator("#a").screenshot()
    text_of_b = page.locator("#b").text_content()
    page.close()
    assert text_of_b == "冷"
    assert drawn != redrawn


def test_axe_runs_in_a_page(browser, axe_path):
    """
    Tests that axe-core finds a picture without words.
    """
    page = browser.new_page()
    page.set_content("<html lang=en><title>t</title><main><h1>t</h1><img src='data:,'></main></html>")
    page.add_script_tag(path=axe_path)
    rules = page.evaluate("axe.run().then(found => found.violations.map(rule => rule.id))")
    page.close()
    assert "image-alt" in rules
