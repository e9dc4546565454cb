package org.kafkaisr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One HTTP request. */
final class Post {
    /** The status, and the beginning of the body. */
    private static final Pattern ANSWER =
            Pattern.compile("HTTP/1\\.\\d ([^\r\n]{0,300})[^\r\n]*\r\n(?:.*?\r\n)?\r\n(.{0,300}).*", Pattern.DOTALL);

    /** The exporter has read the documents; it may have refused one. */
    final boolean isRead;
    /** The exporter takes less in one request. */
    final boolean isTooLarge;
    /** "": none. Never the token. */
    final String problem;

    private Post(String status, boolean isRead, String problem) {
        this.isRead = isRead;
        this.isTooLarge = status.startsWith("413");
        this.problem = problem;
    }

    static Post reports(Options options, String documents, long limitMillis) {
        long deadline = System.nanoTime() + limitMillis * 1_000_000;
        byte[] body = documents.getBytes(StandardCharsets.UTF_8);
        try (Connection connection = Connection.to(options, deadline)) {
            String token = token(options);
            String head = "POST /api/v1/producers/reports HTTP/1.1\r\nHost: " + options.hostHeader()
                    + "\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\nContent-Length: " + body.length
                    + (token.isEmpty() ? "" : "\r\nAuthorization: Bearer " + token) + "\r\n\r\n";
            connection.write(head.getBytes(StandardCharsets.UTF_8));
            connection.write(body);
            return read(connection.answer());
        } catch (IOException failure) {
            return new Post("", false, "no answer: " + failure.getMessage());
        }
    }

    private static Post read(String answer) {
        Matcher parts = ANSWER.matcher(answer);
        if (!parts.matches()) {
            return new Post("", false, "the answer is not HTTP");
        }
        String status = parts.group(1);
        String said = parts.group(2);
        // 400: it has refused each of them, and would do so again.
        boolean isRead = status.startsWith("200") || status.startsWith("400");
        if (isRead && said.contains("\"refused\":0")) {
            return new Post(status, true, "");
        }
        return new Post(status, isRead, (status + ": " + said).replaceAll("\\p{Cntrl}", " "));
    }

    private static String token(Options options) throws IOException {
        if (options.tokenFile == null) {
            return "";
        }
        String text = Files.readString(Path.of(options.tokenFile));
        int end = text.indexOf('\n');
        return (end < 0 ? text : text.substring(0, end)).strip();
    }
}
