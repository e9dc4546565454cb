package orders;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaTemplate;

/** A Spring Boot application that sends 100 records and ends. It knows nothing of the monitor. */
@SpringBootApplication
public class Orders {
    public static void main(String[] args) {
        SpringApplication.run(Orders.class, args).close();
    }

    @Bean
    CommandLineRunner run(KafkaTemplate<String, String> template) {
        return args -> {
            String topic = args[args.length - 1];
            for (int i = 0; i < 100; ++i) {
                template.send(topic, Integer.toString(i)).get();
            }
        };
    }
}
