"""The outside: HTTP, pages, command line, MQTT worker, paper."""
