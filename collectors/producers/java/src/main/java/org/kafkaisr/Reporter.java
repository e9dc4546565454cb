package org.kafkaisr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** The thread that reports all producers of a class loader to one exporter. It ends some time after the last of them. */
final class Reporter implements Runnable {
    private static final long INTERVAL = 1000;
    /** Without news: the exporter calls a producer vanished that has not reported for a minute. */
    private static final long HEARTBEAT = 10_000;
    /** The longest pause between attempts while the exporter cannot be reached. */
    private static final long LONGEST_PAUSE = 5000;
    private static final long POST_LIMIT = 3000;
    private static final long FINISH_LIMIT = 1000;
    private static final long IDLE = 30_000;
    private static final int MOST_PRODUCERS = 1000;
    private static final int MOST_BODY = 1 << 20;
    private static final int PARTITIONS_PER_INTERVAL = 1000;

    private static final Map<String, Reporter> ALL = new ConcurrentHashMap<>();

    private final Options options;
    private final List<Producer> producers = new CopyOnWriteArrayList<>();
    private Thread thread;
    private volatile boolean isFinishing;

    // Of the thread alone; milliseconds of a monotonic clock.
    private long nextReport;
    private long nextHeartbeat;
    private long pause;
    private String lastProblem = "";

    private Reporter(Options options) {
        this.options = options;
    }

    static Reporter of(Options options) {
        return ALL.computeIfAbsent(options.key(), key -> new Reporter(options));
    }

    synchronized void add(Producer producer) {
        if (producers.size() >= MOST_PRODUCERS) {
            // Those whose end could not be reported yet.
            producers.removeIf(Producer::isEnded);
        }
        if (producers.size() >= MOST_PRODUCERS) {
            Log.once(options, "not attached: the process has too many producers");
            return;
        }
        producers.add(producer);
        if (thread == null) {
            Thread begun = new Thread(this, "kafka-isr-monitor");
            begun.setDaemon(true);
            begun.setContextClassLoader(null);
            begun.start();
            thread = begun;
        }
        Thread woken = thread;
        producer.wakes(() -> LockSupport.unpark(woken));
    }

    @Override
    public void run() {
        Thread mine = Thread.currentThread();
        Thread atEnd = new Thread(() -> finish(mine), "kafka-isr-monitor-end");
        boolean isHooked = Quietly.get(() -> {
            Runtime.getRuntime().addShutdownHook(atEnd);
            return true;
        }) != null;
        Log.once(options, "attached; reports go to " + options.address);
        nextReport = now() + INTERVAL;
        long lastBusy = now();
        while (true) {
            LockSupport.parkNanos(this, Math.max(1, nextReport - now()) * 1_000_000);
            boolean isLast = isFinishing;
            boolean isWhole = Quietly.get(() -> {
                round(isLast);
                return true;
            }) != null;
            if (isLast) {
                return;
            }
            if (!isWhole) {
                nextReport = now() + LONGEST_PAUSE;
            }
            if (!producers.isEmpty()) {
                lastBusy = now();
            } else if (now() - lastBusy > IDLE && mayEnd()) {
                break;
            }
        }
        if (isHooked) {
            Quietly.run(() -> Runtime.getRuntime().removeShutdownHook(atEnd));
        }
    }

    private synchronized boolean mayEnd() {
        if (producers.isEmpty()) {
            thread = null;
        }
        return thread == null;
    }

    private void finish(Thread reporter) {
        isFinishing = true;
        LockSupport.unpark(reporter);
        try {
            reporter.join(FINISH_LIMIT);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private void round(boolean isLast) {
        long now = now();
        boolean isDue = now >= nextReport;
        boolean isHeartbeat = now >= nextHeartbeat;
        int partitions = 0;
        List<Producer> due = new ArrayList<>();
        for (Producer producer : producers) {
            if (isLast) {
                producer.end();
            }
            partitions += producer.partitions();
            if (isDue ? isHeartbeat || producer.hasUnreportedChange() : producer.hasUnreportedEnd()) {
                due.add(producer);
            }
        }
        // While the exporter cannot be reached, attempts have their own rhythm.
        if (!isDue && !isLast && pause > 0) {
            return;
        }
        if (send(due, isLast ? FINISH_LIMIT : POST_LIMIT)) {
            pause = 0;
            producers.removeIf(one -> one.isEnded() && !one.hasUnreportedChange());
            if (isDue && isHeartbeat) {
                nextHeartbeat = now + HEARTBEAT;
            }
            if (isDue) {
                nextReport = now + Math.min(INTERVAL * (1 + partitions / PARTITIONS_PER_INTERVAL), HEARTBEAT);
            }
        } else {
            pause = Math.min(Math.max(2 * pause, INTERVAL), LONGEST_PAUSE);
            nextReport = now() + pause;
        }
    }

    /** False: the exporter did not read them. */
    private boolean send(List<Producer> due, long limit) {
        long end = now() + limit;
        StringBuilder documents = new StringBuilder();
        int first = 0;
        for (int i = 0; i < due.size(); ++i) {
            documents.append(due.get(i).report());
            if (documents.length() < MOST_BODY && i + 1 < due.size()) {
                continue;
            }
            Post post = Post.reports(options, documents.toString(), Math.max(1, end - now()));
            if (!post.problem.equals(lastProblem)) {
                Log.write(options, post.problem.isEmpty() ? "reports are accepted" : "reports: " + post.problem);
                lastProblem = post.problem;
            }
            if (!post.isRead) {
                return false;
            }
            for (; first <= i; ++first) {
                due.get(first).taken();
            }
            documents.setLength(0);
        }
        return true;
    }
}
