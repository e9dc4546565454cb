package org.kafkaisr;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the producer's properties or, where they have none, from the environment. */
final class Options {
    private static final Pattern HOST_PORT = Pattern.compile("(?:http://)?(?:\\[([^\\[\\]/@]+)]|([^:/@\\[\\]]+)):([0-9]{1,5})/*");

    /** As it was given; null: {@link #problem} says why. */
    final String address;
    /** null: the exporter listens on a host and port. */
    final String socketPath;
    final String host;
    final int port;
    /** null: no token. It is read before each request, so that it may change. */
    final String tokenFile;
    /** null: nothing is written anywhere. */
    final String logFile;
    final String problem;

    private Options(String given, String tokenFile, String logFile) {
        this.tokenFile = tokenFile;
        this.logFile = logFile;
        String text = given == null ? "" : given.strip();
        boolean isUnix = text.startsWith("unix:");
        socketPath = isUnix ? text.substring(5) : null;
        Matcher parts = HOST_PORT.matcher(isUnix ? "" : text);
        boolean isTcp = parts.matches();
        host = isTcp ? (parts.group(1) == null ? parts.group(2) : parts.group(1)) : null;
        port = isTcp ? Integer.parseInt(parts.group(3)) : 0;
        boolean isGood = isUnix ? !socketPath.isEmpty() : isTcp && port > 0 && port < 65_536;
        address = isGood ? text : null;
        problem = isGood
                ? ""
                : "not attached: "
                        + (text.isEmpty() ? "no address is set" : "the address is neither HOST:PORT nor unix:PATH")
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

    String hostHeader() {
        if (socketPath != null) {
            return "localhost";
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    String key() {
        return address + " " + tokenFile + " " + logFile;
    }
}
