"""A rehearsed day: people act over HTTP, sensors speak over MQTT, nothing reaches the tables from here."""
