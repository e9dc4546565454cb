package org.kafkaisr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lines for the file that the options name, if they name one. */
final class Log {
    private static final int MOST = 100;
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Log() {}

    static void write(Options options, String line) {
        if (options.logFile == null) {
            return;
        }
        try {
            String text = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " kafka-isr-monitor["
                    + ProcessHandle.current().pid() + "] " + line + "\n";
            Files.writeString(
                    Path.of(options.logFile), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException | RuntimeException failure) {
            // There is no place left to say it.
        }
    }

    /** Once in a process. */
    static void once(Options options, String line) {
        if (SAID.size() < MOST && SAID.add(line)) {
            write(options, line);
        }
    }
}
