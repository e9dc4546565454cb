package org.kafkaisr;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.metrics.KafkaMetric;

/** What a producer's metrics reporter knows: Kafka's own metrics, read when a report is made. */
final class Gauges {
    private static final Map<String, Gauges> OFFERED = new ConcurrentHashMap<>();
    private static final int MOST_OFFERED = 1000;
    private static final Set<String> NAMES =
            Set.of("record-retry-total", "buffer-total-bytes", "buffer-available-bytes");

    private final Map<String, LongSupplier> values = new ConcurrentHashMap<>();
    private volatile boolean isFrozen;

    /** For the interceptor of the same producer. */
    static Gauges offer(String clientId) {
        Gauges mine = new Gauges();
        if (OFFERED.size() < MOST_OFFERED) {
            OFFERED.put(clientId, mine);
        }
        return mine;
    }

    /** null: the producer has no such reporter. Another producer with the same client id has its own. */
    static Gauges claim(String clientId) {
        return OFFERED.remove(clientId);
    }

    /** The producer had no interceptor. */
    static void withdraw(String clientId, Gauges mine) {
        if (mine != null) {
            OFFERED.remove(clientId, mine);
        }
    }

    void add(KafkaMetric metric) {
        String name = metric.metricName().name();
        if (!isFrozen && NAMES.contains(name) && "producer-metrics".equals(metric.metricName().group())) {
            values.put(name, () -> read(metric));
        }
    }

    /** The producer is closed: its last values stay. Its metrics do not, since they hold its whole buffer. */
    void freeze() {
        isFrozen = true;
        values.replaceAll((name, value) -> {
            long last = value.getAsLong();
            return () -> last;
        });
    }

    /** -1: not known. */
    long get(String name) {
        LongSupplier value = values.get(name);
        return value == null ? -1 : value.getAsLong();
    }

    private static long read(KafkaMetric metric) {
        Object value = Quietly.get(metric::metricValue);
        return value instanceof Number ? ((Number) value).longValue() : -1;
    }
}
