package org.kafkaisr;

import java.util.Map;

/** The exporter knows errors by librdkafka's names; any other is "other" to it. Where Kafka's differ, they are here. */
final class ErrorNames {
    private static final Map<String, String> DELIVERY = Map.of(
            "MESSAGE_TOO_LARGE", "MSG_SIZE_TOO_LARGE",
            "NETWORK_EXCEPTION", "_TRANSPORT",
            "NOT_LEADER_OR_FOLLOWER", "NOT_LEADER_FOR_PARTITION",
            "PRODUCER_FENCED", "_FENCED",
            "UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_OR_PART");

    /** PRODUCER_FENCED is among the fatal errors of the exporter. */
    private static final Map<String, String> FATAL = Map.of("UNSUPPORTED_VERSION", "_UNSUPPORTED_FEATURE");

    private ErrorNames() {}

    static String delivery(String kafkas) {
        return DELIVERY.getOrDefault(kafkas, kafkas);
    }

    static String fatal(String kafkas) {
        return FATAL.getOrDefault(kafkas, kafkas);
    }
}
