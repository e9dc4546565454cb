let hasFailed = false;

function sendStatistics({ message }) {
  fetch(process.env.KIE_INGEST, {
    method: 'POST',
    body: message,
    headers: { Authorization: `Bearer ${process.env.KIE_INGEST_TOKEN}` },
    signal: AbortSignal.timeout(500), // the name's resolution included
  }).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
  }).catch((failure) => {
    if (!hasFailed) console.warn('kafka-isr-exporter:', failure.cause?.code ?? failure.message);
    hasFailed = true;
  });
}
