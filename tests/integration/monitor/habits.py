"""An application of confluent_kafka in one of the habits that applications have, with a mock cluster of its own.

habits.py HABIT [NAME=VALUE...]: it knows nothing of the plugin, which may be among its settings, and prints what happened.
"""

import logging
import os
import sys
import threading
import time

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, Producer

SETTINGS = {"client.id": "habits", "test.mock.num.brokers": "1", "enable.idempotence": "true", "linger.ms": "1", "log_level": "0",
            **dict(setting.split("=", 1) for setting in sys.argv[2:])}


class Mine(KafkaException):
    pass


class Delivered:
    def __init__(self):
        self.count = 0

    def __call__(self, error, message):
        self.count += error is None


def keywords():
    """As the documentation has them: a logger, the callback, and all settings as keywords."""
    delivered = Delivered()
    for producer in (Producer(SETTINGS, logger=logging.getLogger("kafka")), Producer(SETTINGS, on_delivery=delivered), Producer(**SETTINGS)):
        for _ in range(100):
            producer.produce("payments", value=b"x", on_delivery=delivered)
            producer.poll(timeout=0)
        print(producer.flush(timeout=30))
    print(delivered.count)


def callbacks():
    """None keeps the configured one; by position; and one that raises."""
    configured, other = Delivered(), Delivered()
    producer = Producer({**SETTINGS, "on_delivery": configured})
    producer.produce("payments", b"x", on_delivery=None)
    producer.produce("payments", b"x", None, -1, other)
    producer.produce("payments", b"x", callback=other)
    producer.flush(30)
    print(configured.count, other.count)

    def raises(error, message):
        raise Mine(KafkaError(KafkaError._MSG_TIMED_OUT), "extra", 42)

    producer.produce("payments", b"x", on_delivery=raises)
    try:
        producer.flush(30)
    except Mine as failure:
        print(type(failure).__name__, len(failure.args))


def closes():
    """With a block and by hand, while another thread asks it for topics."""
    with Producer(SETTINGS) as producer:
        producer.produce("payments", b"x")
    producer = Producer(SETTINGS)
    producer.produce("payments", b"x")
    producer.flush(30)

    def asks():
        for _ in range(20):
            try:
                producer.list_topics(timeout=1)
            except (RuntimeError, KafkaException):
                return

    asking = threading.Thread(target=asks)
    # Where the client itself fails when it is closed under a call: 2.13 and 2.14.
    if confluent_kafka.__version__ >= "2.16":
        asking.start()
    producer.close()
    if asking.ident:
        asking.join()
    print("closed")


def drops():
    """A producer for each request, never closed."""
    def one():
        producer = Producer(SETTINGS)
        producer.produce("payments", b"x")
        producer.flush(30)

    one()
    before = len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))
    for _ in range(30):
        one()
    end = time.monotonic() + 10
    while (after := (len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd")))) > before and time.monotonic() < end:
        time.sleep(0.1)
    print("nothing stays" if after <= before else f"{before} tasks and files became {after}")


def ends():
    """At the end of the process 20 producers are there."""
    producers = [Producer(SETTINGS) for _ in range(20)]
    for producer in producers:
        producer.produce("payments", b"x")
    print([producer.flush(30) for producer in producers])


{function.__name__: function for function in (keywords, callbacks, closes, drops, ends)}[sys.argv[1]]()
