package main

import (
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

var ingest = http.Client{Timeout: 500 * time.Millisecond}

func sendStatistics(statistics *kafka.Stats) {
	request, err := http.NewRequest("POST", os.Getenv("KIE_INGEST")+"statistics", strings.NewReader(statistics.String()))
	if err != nil {
		return
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("KIE_INGEST_TOKEN"))
	if answer, err := ingest.Do(request); err == nil {
		answer.Body.Close()
	}
}
