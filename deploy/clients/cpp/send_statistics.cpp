#include <curl/curl.h>
#include <librdkafka/rdkafkacpp.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

class SendStatistics : public RdKafka::EventCb {
 public:
  void event_cb(RdKafka::Event& event) override {
    const char* address = std::getenv("KIE_INGEST");
    const char* token = std::getenv("KIE_INGEST_TOKEN");
    if (event.type() != RdKafka::Event::EVENT_STATS || !address) return;
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> http{curl_easy_init(), curl_easy_cleanup};
    std::string authorization = std::string("Authorization: Bearer ") + (token ? token : "");
    authorization.resize(std::min(authorization.size(), authorization.find_first_of("\r\n")));  // as a file of secrets ends
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers{
        curl_slist_append(curl_slist_append(nullptr, authorization.c_str()), "Expect:"), curl_slist_free_all};
    const std::string json = event.str();
    curl_easy_setopt(http.get(), CURLOPT_URL, address);
    curl_easy_setopt(http.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(http.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(http.get(), CURLOPT_POSTFIELDS, json.c_str());
    curl_easy_setopt(http.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
    curl_easy_setopt(http.get(), CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(http.get(), CURLOPT_TIMEOUT_MS, 500L);  // the name's resolution included, from libcurl 7.87 on
    curl_easy_setopt(http.get(), CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(http.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(http.get(), CURLOPT_WRITEFUNCTION, +[](char*, size_t size, size_t count, void*) { return size * count; });
    const CURLcode result = curl_easy_perform(http.get());
    if (result && !has_failed_) std::cerr << "kafka-isr-exporter: " << curl_easy_strerror(result) << '\n';
    has_failed_ = has_failed_ || result;
  }

 private:
  bool has_failed_ = false;
};
