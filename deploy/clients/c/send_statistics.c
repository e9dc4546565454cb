#include <curl/curl.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

static size_t ignore(char *data, size_t size, size_t count, void *to) { return size * count; }

static int send_statistics(rd_kafka_t *producer, char *json, size_t size, void *opaque) {
  const char *address = getenv("KIE_INGEST"), *token = getenv("KIE_INGEST_TOKEN");
  char text[4096];
  struct curl_slist *headers;
  CURL *http;
  if (!address || !(http = curl_easy_init())) return 0;
  snprintf(text, sizeof text, "Authorization: Bearer %s", token ? token : "");
  headers = curl_slist_append(curl_slist_append(NULL, text), "Expect:");
  snprintf(text, sizeof text, "%sstatistics", address);
  curl_easy_setopt(http, CURLOPT_URL, text);
  curl_easy_setopt(http, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(http, CURLOPT_POSTFIELDS, json);
  curl_easy_setopt(http, CURLOPT_POSTFIELDSIZE, (long)size);
  curl_easy_setopt(http, CURLOPT_TIMEOUT_MS, 500L);
  curl_easy_setopt(http, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(http, CURLOPT_WRITEFUNCTION, ignore);
  curl_easy_perform(http);
  curl_slist_free_all(headers);
  curl_easy_cleanup(http);
  return 0; /* the client frees json */
}
