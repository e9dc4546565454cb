import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.TopicPartition;
import org.kafkaisr.ProducerMonitor;

/** What the monitor takes of a producer's thread for each acknowledged record. MonitorBench ADDRESS PARTITIONS */
public class MonitorBench {
    private static final int RECORDS = 20_000_000;

    /** As of a producer without the monitor, and with an interceptor that does nothing. */
    static class Nothing implements ProducerInterceptor<byte[], byte[]> {
        @Override
        public org.apache.kafka.clients.producer.ProducerRecord<byte[], byte[]> onSend(
                org.apache.kafka.clients.producer.ProducerRecord<byte[], byte[]> record) {
            return record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception failure) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> settings) {}
    }

    private static double nanos(ProducerInterceptor<byte[], byte[]> interceptor, int partitions) {
        TopicPartition[] all = new TopicPartition[partitions];
        for (int i = 0; i < partitions; ++i) {
            all[i] = new TopicPartition("payments", i);
        }
        long begun = System.nanoTime();
        for (int i = 0; i < RECORDS; ++i) {
            interceptor.onAcknowledgement(new RecordMetadata(all[i % partitions], i, 0, 0L, 10, 100), null);
        }
        return (System.nanoTime() - begun) / (double) RECORDS;
    }

    public static void main(String[] args) throws Exception {
        int partitions = Integer.parseInt(args[1]);
        ProducerMonitor<byte[], byte[]> monitor = new ProducerMonitor<>();
        monitor.configure(Map.of("client.id", "bench", "acks", "all", "kafka.isr.monitor.address", args[0]));
        ((ClusterResourceListener) monitor).onUpdate(new ClusterResource("bench"));
        Nothing nothing = new Nothing();
        double with = 0;
        double without = 0;
        // The last turn counts: the compiler has done its work by then.
        for (int turn = 0; turn < 5; ++turn) {
            without = nanos(nothing, partitions);
            with = nanos(monitor, partitions);
        }
        monitor.close();
        System.out.printf("%.0f %.0f%n", without, with);
    }
}
