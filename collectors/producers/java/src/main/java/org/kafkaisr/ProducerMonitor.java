package org.kafkaisr;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Reports what happens to a producer's records to kafka-isr-exporter: the setting {@code interceptor.classes} of an
 * unmodified application. In {@code metric.reporters} too, retries and the buffer are reported with them; a producer
 * creates one object for each of the two settings.
 *
 * <p>No method throws, waits or changes what the application sees.
 */
public class ProducerMonitor<K, V> implements ProducerInterceptor<K, V>, MetricsReporter, ClusterResourceListener {
    private Map<String, ?> settings = Map.of();
    private Options options;
    private volatile boolean isReporter;
    private volatile Producer producer;
    private Gauges gauges;

    @Override
    public void configure(Map<String, ?> given) {
        settings = given;
        options = Quietly.get(() -> Options.of(given));
        if (options != null && options.address == null) {
            Log.once(options, options.problem);
        }
        // The producer's metrics reporter, if it has this one, was made before, by the same thread.
        gauges = Quietly.get(() -> Gauges.claim(clientId()));
    }

    @Override
    public ProducerRecord<K, V> onSend(ProducerRecord<K, V> record) {
        if (producer == null) {
            begin();
        }
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
        Producer mine = producer;
        if (mine != null) {
            Quietly.run(() -> mine.onAcknowledgement(metadata, failure));
        }
    }

    @Override
    public void onUpdate(ClusterResource cluster) {
        if (isReporter || cluster == null) {
            return;
        }
        begin();
        Producer mine = producer;
        if (mine != null) {
            mine.clusterId = cluster.clusterId();
        }
    }

    /** Once. Of the two objects of a producer only the interceptor reports. */
    private synchronized void begin() {
        if (producer != null || options == null || options.address == null) {
            return;
        }
        Quietly.run(() -> {
            producer = new Producer(clientId(), settings, gauges);
            Reporter.of(options).add(producer);
        });
        options = null;
    }

    private String clientId() {
        Object id = settings.get(ProducerConfig.CLIENT_ID_CONFIG);
        return id == null ? "" : id.toString();
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        isReporter = true;
        Quietly.run(() -> {
            gauges = Gauges.offer(clientId());
            metrics.forEach(gauges::add);
        });
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        if (gauges != null) {
            Quietly.run(() -> gauges.add(metric));
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        // Its last value stays, for the last report.
    }

    @Override
    public void close() {
        Producer mine = producer;
        if (mine != null) {
            Quietly.run(mine::end);
        }
        if (isReporter) {
            Quietly.run(() -> Gauges.withdraw(clientId(), gauges));
        }
    }
}
