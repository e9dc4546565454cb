/* A plugin whose interceptor does nothing: what librdkafka itself costs to call one. */
#include <librdkafka/rdkafka.h>

static rd_kafka_resp_err_t on_acknowledgement(rd_kafka_t *rk, rd_kafka_message_t *message, void *opaque) {
    (void)rk, (void)message, (void)opaque;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque, char *error, size_t size) {
    (void)conf, (void)opaque, (void)error, (void)size;
    return rd_kafka_interceptor_add_on_acknowledgement(rk, "empty", on_acknowledgement, NULL);
}

rd_kafka_resp_err_t conf_init(rd_kafka_conf_t *conf, void **opaque, char *error, size_t size) {
    (void)opaque, (void)error, (void)size;
    return rd_kafka_conf_interceptor_add_on_new(conf, "empty", on_new, NULL);
}
