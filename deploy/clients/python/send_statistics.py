import logging, os, queue, threading, urllib.error, urllib.request

_waiting, _thread, _has_failed = queue.Queue(100), None, False
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def send_statistics(json):
    """Never waits: a thread sends, since the resolution of a name knows no time limit."""
    global _thread
    if _thread is None or not _thread.is_alive():       # also in a process that was forked
        _thread = threading.Thread(target=_send, daemon=True)
        _thread.start()
    try:
        _waiting.put_nowait(json)
    except queue.Full:
        pass                                            # there is always a next one


def _send():
    global _has_failed
    while True:
        json = _waiting.get()
        try:
            _open(urllib.request.Request(os.environ["KIE_INGEST"], json.encode(), {
                "Authorization": "Bearer " + os.environ.get("KIE_INGEST_TOKEN", "").strip()}), timeout=0.5).close()
        except Exception as failure:
            if not _has_failed:
                said = failure.read(300) if isinstance(failure, urllib.error.HTTPError) else ""
                logging.getLogger("kafka-isr-exporter").warning("statistics are not sent: %s %s", failure, said)
            _has_failed = True
