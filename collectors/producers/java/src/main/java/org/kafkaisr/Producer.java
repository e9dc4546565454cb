package org.kafkaisr;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.AppInfoParser;

/** One producer of the application: what its threads count, and the report of it. */
final class Producer {
    private static final int MOST_PARTITIONS = 4096;
    private static final int MOST_FAILURES = 64;

    /** None of them is a secret; no other is read. */
    private static final String[] SETTINGS = {
        "acks", "batch.size", "compression.type", "delivery.timeout.ms", "enable.idempotence", "linger.ms",
        "max.in.flight.requests.per.connection", "request.timeout.ms", "retries", "retry.backoff.ms",
        "retry.backoff.max.ms", "transaction.timeout.ms", "transactional.id"
    };

    /** null until Metadata was read. */
    volatile String clusterId;

    private final String clientId;
    private final String instance = UUID.randomUUID().toString().replace("-", "");
    private final Map<String, String> settings = new java.util.LinkedHashMap<>();
    private final Gauges gauges;
    private final String acks;
    private final boolean isTransactional;

    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Map<TopicPartition, AckedPartition> partitions = new ConcurrentHashMap<>();
    private final Map<Failure, LongAdder> failures = new ConcurrentHashMap<>();
    private volatile String fatal;
    private volatile String fatalReason;
    private volatile boolean isClosed;
    private volatile boolean processEnds;
    private volatile Runnable wake = () -> {};

    // Of the reporter's thread.
    private long sequence;
    private String sent = "";
    private String taken;

    /** gauges: null if the producer has no metrics reporter of this project. */
    Producer(String clientId, Map<String, ?> given, Gauges gauges) {
        this.clientId = clientId;
        this.gauges = gauges;
        for (String name : SETTINGS) {
            Object value = given.get(name);
            if (value != null) {
                settings.put(name, value.toString());
            }
        }
        isTransactional = settings.containsKey("transactional.id");
        acks = acks();
    }

    private String acks() {
        String set = settings.get("acks");
        if (set == null) {
            boolean isIdempotent = "true".equalsIgnoreCase(settings.getOrDefault("enable.idempotence", "").strip());
            set = isTransactional || isIdempotent ? "all" : defaultAcks();
        }
        return set.equals("-1") ? "all" : set;
    }

    /** "1" before Kafka 3.0. The version does not tell: that of other vendors' clients is not Kafka's. */
    private static String defaultAcks() {
        Object known = Quietly.get(() -> ProducerConfig.configDef().defaultValues().get(ProducerConfig.ACKS_CONFIG));
        return known == null ? "all" : known.toString();
    }

    static String version() {
        String version = AppInfoParser.getVersion();
        return version == null ? "" : version;
    }

    void wakes(Runnable reporter) {
        wake = reporter;
    }

    /** Thread: the producer's own, or the application's where send() fails. */
    void onAcknowledgement(RecordMetadata metadata, Exception failure) {
        if (failure != null) {
            onFailure(failure);
            return;
        }
        // With acks=0 the client calls a record acknowledged that it has sent.
        if (metadata == null || acks.equals("0")) {
            return;
        }
        acknowledged.increment();
        bytes.add(Math.max(0, metadata.serializedKeySize()) + Math.max(0, metadata.serializedValueSize()));
        if (!metadata.hasOffset()) {
            return;
        }
        TopicPartition partition = new TopicPartition(metadata.topic(), metadata.partition());
        AckedPartition acked = partitions.get(partition);
        if (acked == null) {
            if (partitions.size() >= MOST_PARTITIONS) {
                dropped.increment();
                return;
            }
            acked = partitions.computeIfAbsent(partition, key -> new AckedPartition());
        }
        acked.acknowledge(metadata.offset(), System.currentTimeMillis());
    }

    private void onFailure(Exception failure) {
        failed.increment();
        String error = Errors.forException(failure).name();
        Failure what = new Failure(ErrorNames.delivery(error), persisted(failure));
        LongAdder count = failures.get(what);
        if (count == null && failures.size() < MOST_FAILURES) {
            count = failures.computeIfAbsent(what, key -> new LongAdder());
        }
        if (count == null) {
            dropped.increment();
        } else {
            count.increment();
        }
        if (fatal == null && isFatal(failure)) {
            fatalReason = failure.getMessage();
            fatal = ErrorNames.fatal(error);
            wake.run();
        }
    }

    /** Whether the record may be in the log nevertheless. Too few replicas: an earlier attempt may be in it. */
    private static String persisted(Exception failure) {
        // Only send() reports from the application's threads, and what it reports was never sent.
        if (!Thread.currentThread().getName().startsWith(KafkaProducer.NETWORK_THREAD_PREFIX)) {
            return "no";
        }
        if (failure instanceof TransactionAbortedException) {
            return "aborted";
        }
        boolean isRefused = failure instanceof RecordTooLargeException
                || failure instanceof AuthorizationException || failure instanceof SerializationException
                || failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException
                || failure instanceof OutOfOrderSequenceException || failure instanceof BufferExhaustedException;
        return isRefused ? "no" : "possibly";
    }

    /**
     * Errors after which every call of the producer fails. Of an unexpected sequence Java's producer recovers.
     *
     * <p>After an old epoch Kafka lets the application abort the transaction. A producer that was fenced learns so from
     * the request that aborts it, which interceptors do not see: without the old epoch no fenced producer would be
     * reported. The price: a producer whose transaction took too long is called fatal and may recover.
     */
    private boolean isFatal(Exception failure) {
        return failure instanceof ProducerFencedException || failure instanceof ClusterAuthorizationException
                || failure instanceof TransactionalIdAuthorizationException
                || failure instanceof UnsupportedVersionException
                || (isTransactional && failure instanceof InvalidProducerEpochException);
    }

    void close() {
        if (gauges != null) {
            Quietly.run(gauges::freeze);
        }
        isClosed = true;
        wake.run();
    }

    boolean isClosed() {
        return isClosed;
    }

    /**
     * Each report may be the last one from now on, and says so: a producer that nobody closes would have vanished. One
     * that goes on until the process halts reports what it does; its counters are accepted after its end, too.
     */
    void processEnds() {
        processEnds = true;
    }

    private boolean isEnded() {
        return isClosed || processEnds;
    }

    /** Of a fatal error, or of the producer. */
    boolean hasUnreportedEnd() {
        return (fatal != null || isEnded()) && hasUnreportedChange();
    }

    boolean hasUnreportedChange() {
        return !mark().equals(taken);
    }

    private String mark() {
        return acknowledged.sum() + " " + failed.sum() + " " + dropped.sum() + " " + retried() + " " + fatal + " "
                + isEnded();
    }

    void taken() {
        taken = sent;
    }

    private long retried() {
        return gauges == null ? -1 : gauges.get("record-retry-total");
    }

    /** Everything since the start of the producer, in a line: a report that is lost is made up for by the next. */
    String report() {
        sent = mark();
        Json json = new Json();
        json.put("version", 1).put("instance", instance).put("sequence", ++sequence);
        json.put("time", System.currentTimeMillis() / 1000.0).put("client_id", clientId);
        json.put("client", "kafka-clients " + version()).put("host", host());
        // A security manager may not permit it.
        Long pid = Quietly.get(() -> ProcessHandle.current().pid());
        json.putKnown("pid", pid == null ? -1 : pid);
        if (clusterId != null) {
            json.put("cluster_id", clusterId);
        }
        json.object("settings");
        settings.forEach(json::put);
        json.end();
        json.array("offsets");
        partitions.forEach((partition, acked) -> acked.write(json, partition, acks));
        json.end();
        json.put("acknowledged", acknowledged.sum()).put("bytes", bytes.sum());
        json.array("failed");
        failures.forEach((what, count) -> json.object(null)
                .put("error", what.error)
                .put("persisted", what.persisted)
                .put("records", count.sum())
                .end());
        json.end();
        if (fatal != null) {
            json.object("fatal").put("error", fatal);
            if (fatalReason != null) {
                json.put("reason", fatalReason);
            }
            json.end();
        }
        if (gauges != null) {
            json.putKnown("retried", gauges.get("record-retry-total"));
            long limit = gauges.get("buffer-total-bytes");
            long free = gauges.get("buffer-available-bytes");
            if (limit >= 0 && free >= 0) {
                json.object("queue").put("bytes", limit - free).put("bytes_limit", limit).end();
            }
        }
        json.put("ended", isEnded()).put("dropped", dropped.sum());
        return json.line();
    }

    private static final class Host {
        static final String NAME = find();

        private static String find() {
            String name = System.getenv("HOSTNAME");
            if (name != null && !name.isEmpty()) {
                return name;
            }
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException failure) {
                return "";
            }
        }
    }

    /** Thread: the reporter's, since it may ask a name server. */
    private static String host() {
        return Host.NAME;
    }

    int partitions() {
        return partitions.size();
    }

    /** A record class would need Java 16. */
    private static final class Failure {
        final String error;
        final String persisted;

        Failure(String error, String persisted) {
            this.error = error;
            this.persisted = persisted;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Failure && ((Failure) other).error.equals(error)
                    && ((Failure) other).persisted.equals(persisted);
        }

        @Override
        public int hashCode() {
            return error.hashCode() * 31 + persisted.hashCode();
        }
    }
}
