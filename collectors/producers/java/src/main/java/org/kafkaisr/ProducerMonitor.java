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
    /** There is an address, and no producer yet. */
    private volatile boolean mayBegin;
    private volatile boolean isReporter;
    private volatile Producer producer;
    private Gauges gauges;

    @Override
    public void configure(Map<String, ?> given) {
        settings = given;
        Options read = Quietly.get(() -> Options.of(given));
        if (read != null && read.address == null) {
            Quietly.run(() -> Log.once(read, read.problem));
        }
        options = read;
        // The producer's metrics reporter, if it has this one, was made before, by the same thread.
        gauges = Quietly.get(() -> Gauges.claim(clientId()));
        mayBegin = read != null && read.address != null;
    }

    @Override
    public ProducerRecord<K, V> onSend(ProducerRecord<K, V> record) {
        if (mayBegin) {
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
        if (mayBegin) {
            begin();
        }
        Producer mine = producer;
        if (mine != null) {
            mine.clusterId = cluster.clusterId();
        }
    }

    /** Once. Of the two objects of a producer only the interceptor reports. */
    private synchronized void begin() {
        if (!mayBegin) {
            return;
        }
        Quietly.run(() -> {
            producer = new Producer(clientId(), settings, gauges);
            Reporter.of(options).add(producer);
        });
        options = null;
        mayBegin = false;
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
            Quietly.run(mine::close);
        }
        if (isReporter) {
            Quietly.run(() -> Gauges.withdraw(clientId(), gauges));
        }
    }
}
