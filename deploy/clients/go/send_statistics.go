package main

import (
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

// Without the proxies of the environment. The time includes the name's resolution.
var ingest = http.Client{Timeout: 500 * time.Millisecond, Transport: &http.Transport{}}
var firstFailure sync.Once

func sendStatistics(statistics *kafka.Stats) {
	request, err := http.NewRequest("POST", os.Getenv("KIE_INGEST"), strings.NewReader(statistics.String()))
	if err != nil {
		return
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(os.Getenv("KIE_INGEST_TOKEN")))
	answer, err := ingest.Do(request)
	if err != nil {
		firstFailure.Do(func() { log.Print("kafka-isr-exporter: ", err) })
		return
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		firstFailure.Do(func() { log.Print("kafka-isr-exporter: ", answer.Status) })
	}
}
