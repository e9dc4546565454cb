package org.kafkaisr;

import java.util.Map;

/** From the producer's properties or, where they have none, from the environment. */
final class Options {
    /** null: {@link #problem} says why. */
    final String host;
    final int port;
    /** null: no token. It is read before each request, so that it may change. */
    final String tokenFile;
    /** null: nothing is written anywhere. */
    final String logFile;
    final String problem;

    private Options(String address, String tokenFile, String logFile) {
        this.tokenFile = tokenFile;
        this.logFile = logFile;
        String text = address == null ? "" : address.strip();
        if (text.startsWith("http://")) {
            text = text.substring(7);
        }
        while (text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        int colon = text.lastIndexOf(':');
        String name = colon < 0 ? "" : text.substring(0, colon);
        boolean isV6 = name.startsWith("[") && name.endsWith("]");
        if (isV6) {
            name = name.substring(1, name.length() - 1);
        }
        int number = colon < 0 ? -1 : portOf(text.substring(colon + 1));
        boolean isGood = number > 0 && !name.isEmpty() && (isV6 || name.chars().noneMatch(c -> ":/@[]".indexOf(c) >= 0));
        host = isGood ? name : null;
        port = number;
        problem = isGood
                ? ""
                : "not attached: " + (text.isEmpty() ? "no address is set" : "the address is not HOST:PORT")
                        + " (KAFKA_ISR_MONITOR_ADDRESS or kafka.isr.monitor.address)";
    }

    static Options of(Map<String, ?> settings) {
        return new Options(
                get(settings, "kafka.isr.monitor.address", "KAFKA_ISR_MONITOR_ADDRESS"),
                get(settings, "kafka.isr.monitor.token.file", "KAFKA_ISR_MONITOR_TOKEN_FILE"),
                get(settings, "kafka.isr.monitor.log", "KAFKA_ISR_MONITOR_LOG"));
    }

    private static String get(Map<String, ?> settings, String property, String variable) {
        Object value = settings.get(property);
        String text = value == null ? System.getenv(variable) : value.toString();
        return text == null || text.isEmpty() ? null : text;
    }

    private static int portOf(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
    }

    String key() {
        return host + " " + port + " " + tokenFile + " " + logFile;
    }
}
