/* A program with the plugin, in one of the habits that programs have. It knows nothing of the plugin but its one
 * setting, and has a mock cluster of its own, so that it needs no Kafka:
 *
 *   host PLUGIN HABIT [COUNT]        exit status 0 if everything is as it is without the plugin
 *   host PLUGIN ledger SERVERS TOPIC
 */
#include <dirent.h>
#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *plugin;
static atomic_long delivered, failed, errors;

static void require(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "host: %s\n", what);
    exit(1);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    (void)rk, (void)opaque;
    if (message->err)
        atomic_fetch_add(&failed, 1);
    else
        atomic_fetch_add(&delivered, 1);
}

static void on_error(rd_kafka_t *rk, int error, const char *reason, void *opaque) {
    (void)rk, (void)error, (void)reason, (void)opaque;
    atomic_fetch_add(&errors, 1);
}

static void no_log(const rd_kafka_t *rk, int level, const char *facility, const char *text) {
    (void)rk, (void)level, (void)facility, (void)text;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[512];
    require(rd_kafka_conf_set(conf, name, value, error, sizeof error) == RD_KAFKA_CONF_OK, error);
}

static rd_kafka_conf_t *configuration(void) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (*plugin) set(conf, "plugin.library.paths", plugin);
    set(conf, "client.id", "host");
    set(conf, "test.mock.num.brokers", "1");
    set(conf, "enable.idempotence", "true");
    set(conf, "linger.ms", "1");
    rd_kafka_conf_set_log_cb(conf, no_log);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    return conf;
}

static rd_kafka_t *producer_of(rd_kafka_conf_t *conf) {
    char error[512];
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    require(rk != NULL, error);
    return rk;
}

static void produce(rd_kafka_t *rk, long count) {
    for (long i = 0; i < count;) {
        const rd_kafka_resp_err_t error =
            rd_kafka_producev(rk, RD_KAFKA_V_TOPIC("payments"), RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_VALUE("0123456789", 10),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            rd_kafka_poll(rk, 10);
            continue;
        }
        require(!error, rd_kafka_err2str(error));
        ++i;
    }
}

static void flush_all(rd_kafka_t *rk) { require(!rd_kafka_flush(rk, 60000), "flush"); }

static long resident_kib(void) {
    long pages = 0, ignored = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    require(file && fscanf(file, "%ld %ld", &ignored, &pages) == 2, "statm");
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void plain(long count) {
    rd_kafka_t *rk = producer_of(configuration());
    produce(rk, count);
    flush_all(rk);
    rd_kafka_destroy(rk);
    require(delivered == count && failed == 0, "every record is delivered, and told so");
}

/* As 200 tasks of one process have them, and as web programs do that create one for each request. */
/* The plugin's own, by their name. */
static int monitor_threads(void) {
    int found = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        if (fgets(name, sizeof name, file) && !strncmp(name, "kafka-isr", 9)) ++found;
        fclose(file);
    }
    closedir(tasks);
    return found;
}

static void many(long count) {
    rd_kafka_t **all = calloc((size_t)count, sizeof *all);
    for (long i = 0; i < count; ++i) all[i] = producer_of(configuration());
    for (long i = 0; i < count; ++i) produce(all[i], 10);
    for (long i = 0; i < count; ++i) flush_all(all[i]);
    require(monitor_threads() <= 1, "one thread, however many clients");
    for (long i = 0; i < count; ++i) rd_kafka_destroy(all[i]);
    free(all);
    require(delivered == 10 * count, "every record is delivered");
}

static void await(pid_t child) {
    int status = -1;
    require(child > 0 && waitpid(child, &status, 0) == child && status == 0, "the child ends well");
}

/* A child that is forked while there is a producer may do little, as librdkafka has it: it reads settings and ends. One
 * that is forked between two producers has its own, as worker processes do. */
static void forks(long count) {
    for (long i = 0; i < count; ++i) {
        rd_kafka_t *rk = producer_of(configuration());
        produce(rk, 100);
        pid_t child = fork();
        if (child == 0) {
            rd_kafka_conf_destroy(configuration());
            exit(0);
        }
        await(child);
        flush_all(rk);
        rd_kafka_destroy(rk);
        child = fork();
        if (child == 0) {
            atomic_store(&delivered, 0);
            plain(10);
            exit(0);
        }
        await(child);
    }
    require(delivered == 100 * count, "every record is delivered");
}

/* As it should, the program destroys the configuration that rd_kafka_new() did not take, or tries again with it. */
static void failing(long count) {
    char error[512];
    for (long i = 0; i < count; ++i) {
        rd_kafka_conf_t *conf = configuration();
        set(conf, "test.mock.num.brokers", "0");
        set(conf, "security.protocol", "ssl");
        set(conf, "ssl.ca.location", "/there/is/no/such/file.pem");
        require(!rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error), "it fails");
        require(!rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error), "it fails again");
        rd_kafka_conf_destroy(conf);
    }
    plain(10);
}

/* cppkafka and ClickHouse copy configurations several times. */
static void copies(long count) {
    rd_kafka_conf_t *first = configuration();
    for (long i = 0; i < count; ++i) {
        rd_kafka_conf_t *second = rd_kafka_conf_dup(first);
        rd_kafka_conf_destroy(first);
        first = second;
    }
    set(first, "plugin.library.paths", plugin);  /* once more */
    rd_kafka_t *rk = producer_of(first);
    produce(rk, 10);
    flush_all(rk);
    rd_kafka_destroy(rk);
    require(delivered == 10, "every record is delivered");
}

/* The batch on the wire fails with the fatal error, and the program closes as soon as it is told. */
static void fatal(long count) {
    for (long i = 0; i < count; ++i) {
        rd_kafka_t *rk = producer_of(configuration());
        produce(rk, 10);
        flush_all(rk);
        require(rd_kafka_test_fatal_error(rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "as in a test") == 0, "fatal");
        rd_kafka_destroy(rk);
    }
    require(delivered == 10 * count, "every record is delivered");
}

static int32_t no_such_partition(const rd_kafka_topic_t *topic, const void *key, size_t length, int32_t count, void *opaque,
                                 void *message) {
    (void)topic, (void)key, (void)length, (void)opaque, (void)message;
    return count;
}

/* Where the partitioner fails for a batch, librdkafka hands the program's own messages to plugins: they are shorter than its
 * own, and what the program does not set is zero or anything. */
static void bad_partition(long count) {
    rd_kafka_t *rk = producer_of(configuration());
    rd_kafka_topic_conf_t *conf = rd_kafka_topic_conf_new();
    rd_kafka_topic_conf_set_partitioner_cb(conf, no_such_partition);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, "payments", conf);
    require(topic != NULL, "there is a topic");
    produce(rk, count);
    flush_all(rk); /* its partitions are known now */
    rd_kafka_message_t *batch = malloc((size_t)count * sizeof *batch);
    for (long i = 0; i < count; ++i) {
        memset(&batch[i], i % 2 ? 0xa5 : 0, sizeof *batch);
        batch[i].payload = "0123456789";
        batch[i].len = 10;
        batch[i].key = "key";
        batch[i].key_len = 3;
        batch[i]._private = NULL;
    }
    require(rd_kafka_produce_batch(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, batch, (int)count) == 0, "none is accepted");
    for (long i = 0; i < count; ++i) require(batch[i].err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "each has its error");
    free(batch);
    require(rd_kafka_produce(topic, 99, RD_KAFKA_MSG_F_COPY, "0123456789", 10, NULL, 0, NULL) == -1 &&
                rd_kafka_last_error() == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
            "nor is one for a partition that is not there");
    rd_kafka_topic_destroy(topic);
    flush_all(rk);
    rd_kafka_destroy(rk);
    require(delivered == count && failed == 0, "what is accepted is delivered, and nothing else is told of");
}

/* Nobody destroys anything. */
static void no_destroy(long count) {
    rd_kafka_t *rk = producer_of(configuration());
    produce(rk, count);
    flush_all(rk);
}

static void never_polls(long count) {
    rd_kafka_conf_t *conf = configuration();
    rd_kafka_conf_set_dr_msg_cb(conf, NULL);
    rd_kafka_t *rk = producer_of(conf);
    produce(rk, count);
    while (rd_kafka_outq_len(rk) > 0) usleep(1000);
    rd_kafka_destroy(rk);
}

/* Consumers are not watched, and work. */
static void consumes(long count) {
    char error[512];
    for (long i = 0; i < count; ++i) {
        rd_kafka_conf_t *conf = rd_kafka_conf_new();
        set(conf, "plugin.library.paths", plugin);
        set(conf, "test.mock.num.brokers", "1");
        set(conf, "group.id", "host");
        rd_kafka_conf_set_log_cb(conf, no_log);
        rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
        require(rk != NULL, error);
        rd_kafka_consumer_close(rk);
        rd_kafka_destroy(rk);
    }
}

static void say_delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    (void)rk, (void)opaque;
    if (message->err)
        printf("failed %s\n", rd_kafka_err2name(message->err));
    else
        printf("acknowledged %lld %.*s\n", (long long)message->offset, (int)message->len, (const char *)message->payload);
    fflush(stdout);
}

/* Writes to a real cluster as it is told: a line is a number of records. */
static void ledger(const char *servers, const char *topic) {
    char line[64], value[32];
    long sent = 0;
    rd_kafka_conf_t *conf = configuration();
    set(conf, "test.mock.num.brokers", "0");
    set(conf, "client.id", "ledger");
    set(conf, "bootstrap.servers", servers);
    rd_kafka_conf_set_dr_msg_cb(conf, say_delivered);
    rd_kafka_t *rk = producer_of(conf);
    while (fgets(line, sizeof line, stdin)) {
        for (long left = atol(line); left > 0; --left) {
            snprintf(value, sizeof value, "%ld", sent++);
            rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_VALUE(value, strlen(value)),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        }
        rd_kafka_flush(rk, 20000);
    }
    rd_kafka_destroy(rk);
}

/* Its memory after a million records is its memory after the last; says what a record costs. */
static void flat(long count) {
    rd_kafka_t *rk = producer_of(configuration());
    produce(rk, 1000000);
    flush_all(rk);
    const long before = resident_kib();
    struct timespec began, ended, cpu_began, cpu_ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_began);
    produce(rk, count);
    flush_all(rk);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_ended);
    const long grown = resident_kib() - before;
    const double n = (double)count;
    printf("%.0f ns and %.0f ns of CPU a record, %ld KiB more\n",
           ((double)(ended.tv_sec - began.tv_sec) * 1e9 + (double)(ended.tv_nsec - began.tv_nsec)) / n,
           ((double)(cpu_ended.tv_sec - cpu_began.tv_sec) * 1e9 + (double)(cpu_ended.tv_nsec - cpu_began.tv_nsec)) / n, grown);
    rd_kafka_destroy(rk);
    require(delivered == count + 1000000, "every record is delivered");
}

static const struct {
    const char *name;
    void (*run)(long);
    long count;
} habits[] = {{"plain", plain, 1000},   {"many", many, 200},       {"forks", forks, 5},
              {"failing", failing, 5},  {"copies", copies, 5},     {"fatal", fatal, 5},
              {"no-destroy", no_destroy, 1000}, {"never-polls", never_polls, 1000}, {"consumes", consumes, 2},
              {"bad-partition", bad_partition, 1000}, {"flat", flat, 1000000}};

int main(int argc, char **argv) {
    require(argc >= 3, "host PLUGIN HABIT [COUNT]");
    plugin = argv[1];
    if (!strcmp(argv[2], "ledger")) {
        require(argc == 5, "host PLUGIN ledger SERVERS TOPIC");
        ledger(argv[3], argv[4]);
        return 0;
    }
    for (size_t i = 0; i < sizeof habits / sizeof *habits; ++i)
        if (!strcmp(argv[2], habits[i].name)) {
            habits[i].run(argc > 3 ? atol(argv[3]) : habits[i].count);
            return 0;
        }
    require(0, "there is no such habit");
    return 1;
}
