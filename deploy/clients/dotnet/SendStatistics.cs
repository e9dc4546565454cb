static readonly HttpClient ingest = MakeIngest();
static int hasFailed;

static HttpClient MakeIngest() {
    // The time includes the name's resolution.
    var made = new HttpClient(new HttpClientHandler { UseProxy = false }) { Timeout = TimeSpan.FromMilliseconds(500) };
    made.DefaultRequestHeaders.Authorization = new("Bearer", Environment.GetEnvironmentVariable("KIE_INGEST_TOKEN")?.Trim());
    return made;
}

static async void SendStatistics(object producer, string json) {
    try {
        using var answer = await ingest.PostAsync(Environment.GetEnvironmentVariable("KIE_INGEST"), new StringContent(json));
        answer.EnsureSuccessStatusCode();
    } catch (Exception failure) {           // there is always a next one
        if (Interlocked.Exchange(ref hasFailed, 1) == 0) Console.Error.WriteLine($"kafka-isr-exporter: {failure.Message}");
    }
}
