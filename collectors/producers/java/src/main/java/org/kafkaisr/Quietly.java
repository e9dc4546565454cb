package org.kafkaisr;

import java.util.function.Supplier;

/** Nothing that goes wrong here may reach the application. */
final class Quietly {
    private Quietly() {}

    static void run(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError failure) {
            // An application that lacks memory, or a client whose classes differ: it goes on without reports.
        }
    }

    static <T> T get(Supplier<T> what) {
        try {
            return what.get();
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError failure) {
            return null;
        }
    }
}
