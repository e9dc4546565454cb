static readonly HttpClient ingest = MakeIngest();

static HttpClient MakeIngest() {
    var made = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("KIE_INGEST")!),
                                Timeout = TimeSpan.FromMilliseconds(500) };
    made.DefaultRequestHeaders.Authorization = new("Bearer", Environment.GetEnvironmentVariable("KIE_INGEST_TOKEN"));
    return made;
}

static async void SendStatistics(object producer, string json) {
    try { using var answer = await ingest.PostAsync("statistics", new StringContent(json)); }
    catch (Exception) { }           // there is always a next one
}
