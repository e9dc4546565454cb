#include <curl/curl.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t ignore(char *data, size_t size, size_t count, void *to) { return size * count; }

static int send_statistics(rd_kafka_t *producer, char *json, size_t size, void *opaque) {
  static int has_failed;
  const char *address = getenv("KIE_INGEST"), *token = getenv("KIE_INGEST_TOKEN");
  char authorization[4096];
  struct curl_slist *headers;
  CURL *http;
  CURLcode result;
  if (!address || !(http = curl_easy_init())) return 0;
  if (!token) token = "";
  /* Without the line end that a file of secrets has. */
  snprintf(authorization, sizeof authorization, "Authorization: Bearer %.*s", (int)strcspn(token, "\r\n"), token);
  headers = curl_slist_append(curl_slist_append(NULL, authorization), "Expect:");
  curl_easy_setopt(http, CURLOPT_URL, address);
  curl_easy_setopt(http, CURLOPT_PROXY, "");
  curl_easy_setopt(http, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(http, CURLOPT_POSTFIELDS, json);
  curl_easy_setopt(http, CURLOPT_POSTFIELDSIZE, (long)size);
  curl_easy_setopt(http, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(http, CURLOPT_TIMEOUT_MS, 500L); /* the name's resolution included, from libcurl 7.87 on */
  curl_easy_setopt(http, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(http, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(http, CURLOPT_WRITEFUNCTION, ignore);
  result = curl_easy_perform(http);
  if (result && !has_failed++) fprintf(stderr, "kafka-isr-exporter: %s\n", curl_easy_strerror(result));
  curl_slist_free_all(headers);
  curl_easy_cleanup(http);
  return 0; /* the client frees json */
}
