package org.kafkaisr;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.KafkaMetric;

/** What a producer's metrics reporter knows: Kafka's own metrics, read when a report is made. */
final class Gauges {
    private static final Map<String, Gauges> OFFERED = new ConcurrentHashMap<>();
    private static final int MOST_OFFERED = 1000;
    private static final Set<String> NAMES =
            Set.of("record-retry-total", "buffer-total-bytes", "buffer-available-bytes");

    private final Map<String, KafkaMetric> metrics = new ConcurrentHashMap<>();

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
        if (NAMES.contains(metric.metricName().name()) && "producer-metrics".equals(metric.metricName().group())) {
            metrics.put(metric.metricName().name(), metric);
        }
    }

    /** -1: not known. */
    long get(String name) {
        KafkaMetric metric = metrics.get(name);
        Object value = metric == null ? null : Quietly.get(metric::metricValue);
        return value instanceof Number ? ((Number) value).longValue() : -1;
    }
}
