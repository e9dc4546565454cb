import java.io.FileReader;
import java.lang.reflect.Field;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Starts a producer with each of the files, and says what became of it: a line each. */
public class Start {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            Properties settings = new Properties();
            try (FileReader reader = new FileReader(file)) {
                settings.load(reader);
            }
            System.out.println(file + "\t" + start(settings));
        }
    }

    private static String start(Properties settings) throws Exception {
        String serializer = "org.apache.kafka.common.serialization.ByteArraySerializer";
        settings.put("bootstrap.servers", "127.0.0.1:1");
        settings.put("key.serializer", serializer);
        settings.put("value.serializer", serializer);
        settings.put("reconnect.backoff.ms", "60000");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
            Field field = KafkaProducer.class.getDeclaredField("producerConfig");
            field.setAccessible(true);
            ProducerConfig config = (ProducerConfig) field.get(producer);
            producer.close(java.time.Duration.ZERO);
            return "started\t" + config.getBoolean("enable.idempotence") + "\t" + config.getString("acks");
        } catch (org.apache.kafka.common.KafkaException refused) {
            Throwable cause = refused.getCause() == null ? refused : refused.getCause();
            return "refused\t" + cause.getMessage().replace('\n', ' ') + "\t";
        }
    }
}
