import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.Future;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An application that does as it is told, a line each: a number is so many records, "transaction N" a transaction with so
 * many, "init" begins with transactions. At its start it says whether JMX has its producer. All that it has of this project
 * comes with its settings.
 *
 * Ledger TOPIC NAME=VALUE...
 */
public class Ledger {
    private static long sent;

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        for (int i = 1; i < args.length; ++i) {
            int at = args[i].indexOf('=');
            settings.put(args[i].substring(0, at), args[i].substring(at + 1));
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            ObjectName metrics = new ObjectName("kafka.producer:type=producer-metrics,client-id=*");
            say("in JMX: " + !ManagementFactory.getPlatformMBeanServer().queryNames(metrics, null).isEmpty());
            for (String line; (line = in.readLine()) != null; ) {
                try {
                    obey(producer, args[0], line.trim());
                } catch (KafkaException failure) {
                    say("raised " + failure.getClass().getSimpleName());
                }
            }
        } catch (KafkaException failure) {
            say("raised at its end " + failure.getClass().getSimpleName());
        }
    }

    private static void obey(KafkaProducer<String, String> producer, String topic, String line) throws Exception {
        if (line.equals("init")) {
            producer.initTransactions();
            say("initialized");
        } else if (line.startsWith("transaction ")) {
            producer.beginTransaction();
            send(producer, topic, Integer.parseInt(line.substring(12)));
            producer.commitTransaction();
            say("committed");
        } else {
            send(producer, topic, Integer.parseInt(line));
        }
    }

    private static void send(KafkaProducer<String, String> producer, String topic, int count) {
        for (int i = 0; i < count; ++i) {
            String value = Long.toString(sent++);
            Future<RecordMetadata> ignored = producer.send(new ProducerRecord<>(topic, 0, null, value), (metadata, failure) ->
                say(failure == null ? "acknowledged " + metadata.offset() + " " + value : "failed " + failure.getClass().getSimpleName()));
        }
        producer.flush();
    }

    private static synchronized void say(String what) {
        System.out.println(what);
    }
}
