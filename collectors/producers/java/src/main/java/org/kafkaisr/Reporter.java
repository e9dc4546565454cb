package org.kafkaisr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The thread that reports the producers with the same options. It ends some time after the last of them. */
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
    private static final int LEAST_BODY = 16 << 10;
    private static final int PARTITIONS_PER_INTERVAL = 1000;

    private static final Map<String, Reporter> ALL = new ConcurrentHashMap<>();

    private final Options options;
    private final List<Producer> producers = new CopyOnWriteArrayList<>();
    private Thread thread;
    private volatile boolean isFinishing;
    private final CountDownLatch finished = new CountDownLatch(1);

    // Of the thread alone; milliseconds of a monotonic clock.
    private long nextReport;
    private long nextHeartbeat;
    private long pause;
    private String lastProblem = "";
    /** Characters of a body: less after the exporter has called one too large. */
    private int mostBody = MOST_BODY;

    private Reporter(Options options) {
        this.options = options;
    }

    static Reporter of(Options options) {
        return ALL.computeIfAbsent(options.key(), key -> new Reporter(options));
    }

    synchronized void add(Producer producer) {
        if (producers.size() >= MOST_PRODUCERS) {
            // Those whose end could not be reported yet.
            producers.removeIf(Producer::isClosed);
        }
        if (producers.size() >= MOST_PRODUCERS) {
            Log.once(options, "not attached: there are too many producers");
            return;
        }
        producers.add(producer);
        if (thread == null) {
            // It outlives the thread that creates it, and keeps neither that one's thread-locals nor its group.
            Thread begun = new Thread(Quietly.get(Reporter::rootGroup), this, "kafka-isr-monitor", 0, false);
            begun.setDaemon(true);
            begun.setContextClassLoader(null);
            begun.start();
            thread = begun;
        }
        Thread woken = thread;
        producer.wakes(() -> LockSupport.unpark(woken));
    }

    /** A security manager may not permit it. */
    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    @Override
    public void run() {
        Thread mine = Thread.currentThread();
        Thread atEnd = new Thread(() -> finish(mine), "kafka-isr-monitor-end");
        boolean isHooked = Quietly.get(() -> {
            Runtime.getRuntime().addShutdownHook(atEnd);
            return true;
        }) != null;
        Quietly.run(() -> Log.once(options, "attached; reports go to " + options.address));
        nextReport = now() + INTERVAL;
        long lastBusy = now();
        while (true) {
            LockSupport.parkNanos(this, Math.max(1, nextReport - now()) * 1_000_000);
            // Whoever interrupted: a status that stays would end each pause and each request at once.
            Thread.interrupted();
            boolean isFinish = isFinishing && finished.getCount() > 0;
            boolean isWhole = Quietly.get(() -> {
                round(isFinish);
                return true;
            }) != null;
            if (isFinish) {
                // The rounds go on: other shutdown hooks, which run now, send records and close producers.
                finished.countDown();
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

    /** Thread: that of the shutdown hook. Waits for one round, which reports everything so far. */
    private void finish(Thread reporter) {
        isFinishing = true;
        LockSupport.unpark(reporter);
        try {
            finished.await(FINISH_LIMIT, TimeUnit.MILLISECONDS);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private void round(boolean isFinish) {
        long now = now();
        boolean isDue = now >= nextReport;
        boolean isHeartbeat = now >= nextHeartbeat;
        int partitions = 0;
        List<Producer> due = new ArrayList<>();
        for (Producer producer : producers) {
            if (isFinishing) {
                producer.processEnds();
            }
            partitions += producer.partitions();
            if (isDue ? isHeartbeat || producer.hasUnreportedChange() : producer.hasUnreportedEnd()) {
                due.add(producer);
            }
        }
        // While the exporter cannot be reached, attempts have their own rhythm.
        if (!isDue && !isFinish && pause > 0) {
            return;
        }
        if (send(due, isFinish ? FINISH_LIMIT : POST_LIMIT)) {
            pause = 0;
            producers.removeIf(one -> one.isClosed() && !one.hasUnreportedChange());
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

    /** False: the exporter did not read them all. limit: of each request. */
    private boolean send(List<Producer> due, long limit) {
        StringBuilder documents = new StringBuilder();
        int first = 0;
        for (int i = 0; i < due.size(); ++i) {
            String document = due.get(i).report();
            if (i > first && documents.length() + document.length() > mostBody) {
                if (!post(due.subList(first, i), documents.toString(), limit)) {
                    return false;
                }
                documents.setLength(0);
                first = i;
            }
            documents.append(document);
        }
        return due.isEmpty() || post(due.subList(first, due.size()), documents.toString(), limit);
    }

    private boolean post(List<Producer> reported, String documents, long limit) {
        Post post = Post.reports(options, documents, limit);
        if (post.isTooLarge && reported.size() == 1) {
            // It stays too large; the others must not wait for it.
            Log.once(options, "a report is not accepted: " + post.problem);
        } else {
            if (!post.problem.equals(lastProblem)) {
                Log.write(options, post.problem.isEmpty() ? "reports are accepted" : "reports: " + post.problem);
                lastProblem = post.problem;
            }
            if (post.isTooLarge) {
                mostBody = Math.max(Math.min(mostBody, documents.length()) / 2, LEAST_BODY);
            }
            if (!post.isRead) {
                return false;
            }
        }
        reported.forEach(Producer::taken);
        return true;
    }
}
