package org.kafkaisr;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** One HTTP request. Without the JVM's proxies: the token is for the exporter alone. */
final class Post {
    private static final int MOST_ANSWER = 16_384;
    private static final int MOST_PROBLEM = 300;

    /** The exporter has read the documents; it may have refused one. */
    final boolean isRead;
    /** "": none. Never the token. */
    final String problem;

    private Post(boolean isRead, String problem) {
        this.isRead = isRead;
        this.problem = problem;
    }

    static Post reports(Options options, String documents, long limitMillis) {
        long deadline = System.nanoTime() + limitMillis * 1_000_000;
        byte[] body = documents.getBytes(StandardCharsets.UTF_8);
        String host = options.host.contains(":") ? "[" + options.host + "]" : options.host;
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(options.host, options.port), left(deadline));
            socket.setSoTimeout(left(deadline));
            String token = token(options);
            String head = "POST /api/v1/producers/reports HTTP/1.1\r\nHost: " + host + ":" + options.port
                    + "\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\nContent-Length: " + body.length
                    + (token.isEmpty() ? "" : "\r\nAuthorization: Bearer " + token) + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
            return read(answer(socket, deadline));
        } catch (IOException failure) {
            return new Post(false, "no answer: " + failure.getMessage());
        }
    }

    private static int left(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("the time is over");
        }
        return (int) millis;
    }

    private static String answer(Socket socket, long deadline) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] some = new byte[4096];
        for (int length; all.size() < MOST_ANSWER && (length = in.read(some)) > 0; ) {
            all.write(some, 0, length);
            socket.setSoTimeout(left(deadline));
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static Post read(String answer) {
        int body = answer.indexOf("\r\n\r\n");
        if (!answer.startsWith("HTTP/1.") || body < 0) {
            return new Post(false, "the answer is not HTTP");
        }
        String status = answer.substring(9, answer.indexOf("\r\n"));
        String said = answer.substring(body + 4, Math.min(answer.length(), body + 4 + MOST_PROBLEM));
        boolean isRead = status.startsWith("200");
        if (isRead && said.contains("\"refused\":0")) {
            return new Post(true, "");
        }
        return new Post(isRead, (status + ": " + said).replaceAll("\\p{Cntrl}", " "));
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
