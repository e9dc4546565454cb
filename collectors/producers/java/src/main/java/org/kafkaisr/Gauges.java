package org.kafkaisr;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.KafkaMetric;

/** What a producer's metrics reporter knows: Kafka's own metrics, read when a report is made. */
final class Gauges {
    private static final Map<String, Gauges> BY_CLIENT = new ConcurrentHashMap<>();
    private static final int MOST_CLIENTS = 1000;
    private static final Set<String> NAMES =
            Set.of("record-retry-total", "buffer-total-bytes", "buffer-available-bytes");

    private final Map<String, KafkaMetric> metrics = new ConcurrentHashMap<>();

    static Gauges of(String clientId) {
        Gauges mine = new Gauges();
        if (BY_CLIENT.size() < MOST_CLIENTS) {
            BY_CLIENT.put(clientId, mine);
        }
        return mine;
    }

    /** null: the producer has no such reporter. */
    static Gauges find(String clientId) {
        return BY_CLIENT.get(clientId);
    }

    static void forget(String clientId, Gauges mine) {
        if (mine != null) {
            BY_CLIENT.remove(clientId, mine);
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
