"""One device's connection: frames sent at QoS 1 until they are acknowledged."""

import threading

from telemetry.mqtt import KEEPALIVE_S, Endpoint, client_of


class Publisher:
    """
    One device's connection: sends at QoS 1 and sends again after a break, until acknowledged.

    Parameters
    ----------
    endpoint
        The broker and the device's user.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = client_of(endpoint, clean_session=True, manual_ack=False)
        self._client.on_publish = self._on_publish
        self._changed = threading.Condition()
        self._pending: dict[int, int] = {}
        self._early: set[int] = set()
        self.readings_published = 0
        self.readings_acknowledged = 0

    def start(self) -> None:
        """Connects in the background, and reconnects until stopped."""
        self._client.connect_async(self._endpoint.host, self._endpoint.port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnects; what was not acknowledged by now stays unacknowledged."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, readings: int) -> None:
        """
        Hands a frame over for sending; it does not wait.

        Parameters
        ----------
        topic, payload
            What to send.
        readings
            How many readings it carries, for the counts.
        """
        packet_id = self._client.publish(topic, payload, qos=1).mid
        # paho calls back under its own lock, so ours is not held while it publishes, and the
        # acknowledgement may be here before the packet's number is.
        with self._changed:
            self.readings_published += readings
            if packet_id in self._early:
                self._early.discard(packet_id)
                self.readings_acknowledged += readings
            else:
                self._pending[packet_id] = readings

    def wait(self, timeout_s: float) -> bool:
        """Whether everything handed over was acknowledged within this many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending, timeout_s)

    def _on_publish(self, client: object, _: object, packet_id: int, reason: object, props: object) -> None:
        with self._changed:
            readings = self._pending.pop(packet_id, None)
            if readings is None:
                self._early.add(packet_id)
            else:
                self.readings_acknowledged += readings
            self._changed.notify_all()
