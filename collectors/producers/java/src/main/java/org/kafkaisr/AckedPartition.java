package org.kafkaisr;

import org.apache.kafka.common.TopicPartition;

/**
 * The highest acknowledged offset of a partition, by runs of offsets that grow. The producer's own thread alone writes; the
 * reporter's reads.
 */
final class AckedPartition {
    private static final int MOST = 4;

    private static final class Segment {
        final long number;
        volatile long next;
        volatile long at;

        Segment(long number) {
            this.number = number;
        }
    }

    private volatile Segment[] segments = {};

    void acknowledge(long offset, long now) {
        Segment[] all = segments;
        Segment last = all.length == 0 ? null : all[all.length - 1];
        if (last != null && offset >= last.next) {
            last.at = now;
            last.next = offset + 1;
            return;
        }
        Segment begun = new Segment(last == null ? 0 : last.number + 1);
        begun.at = now;
        begun.next = offset + 1;
        int kept = Math.min(all.length, MOST - 1);
        Segment[] more = new Segment[kept + 1];
        System.arraycopy(all, all.length - kept, more, 0, kept);
        more[kept] = begun;
        segments = more;
    }

    void write(Json json, TopicPartition partition, String acks) {
        for (Segment segment : segments) {
            json.object(null).put("topic", partition.topic()).put("partition", partition.partition());
            json.put("segment", segment.number).put("acks", acks.equals("1") ? "1" : "all");
            json.put("next", segment.next).put("time", segment.at / 1000.0).end();
        }
    }
}
