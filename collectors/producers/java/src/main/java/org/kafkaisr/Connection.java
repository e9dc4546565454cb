package org.kafkaisr;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A connection to the exporter. Only the resolver may take longer than its deadline: a {@code Socket} has no time limit
 * for what it writes. Channels do not use the JVM's proxies; the token is for the exporter alone.
 */
final class Connection implements Closeable {
    private static final int MOST_ANSWER = 16_384;

    private final SocketChannel channel;
    private final Selector selector;
    private final long deadline;

    private Connection(SocketChannel channel, Selector selector, long deadline) {
        this.channel = channel;
        this.selector = selector;
        this.deadline = deadline;
    }

    /** deadline: as {@code System.nanoTime()} counts. */
    static Connection to(Options options, long deadline) throws IOException {
        SocketAddress address = options.socketPath == null ? tcp(options) : unix(options.socketPath);
        SocketChannel channel = options.socketPath == null ? SocketChannel.open() : openUnix();
        Connection made;
        try {
            made = new Connection(channel, Selector.open(), deadline);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        try {
            channel.configureBlocking(false);
            channel.register(made.selector, SelectionKey.OP_CONNECT);
            boolean isConnected = channel.connect(address);
            while (!isConnected) {
                made.await(SelectionKey.OP_CONNECT);
                isConnected = channel.finishConnect();
            }
            return made;
        } catch (IOException | RuntimeException failure) {
            made.close();
            throw failure;
        }
    }

    private static SocketAddress tcp(Options options) throws UnknownHostException {
        InetSocketAddress found = new InetSocketAddress(options.host, options.port);
        if (found.isUnresolved()) {
            throw new UnknownHostException("the name " + options.host + " is not known");
        }
        return found;
    }

    // Java 11, for which this is compiled, has no Unix sockets.

    private static SocketAddress unix(String path) throws IOException {
        try {
            return (SocketAddress) Class.forName("java.net.UnixDomainSocketAddress")
                    .getMethod("of", String.class)
                    .invoke(null, path);
        } catch (ReflectiveOperationException failure) {
            throw new IOException("Unix sockets need Java 16", failure);
        }
    }

    private static SocketChannel openUnix() throws IOException {
        try {
            return (SocketChannel) SocketChannel.class
                    .getMethod("open", ProtocolFamily.class)
                    .invoke(null, StandardProtocolFamily.valueOf("UNIX"));
        } catch (ReflectiveOperationException | IllegalArgumentException failure) {
            throw new IOException("Unix sockets need Java 16", failure);
        }
    }

    void write(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            if (channel.write(left) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
    }

    /** Until the other side closes, or the answer is long enough. */
    String answer() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer some = ByteBuffer.allocate(4096);
        while (all.size() < MOST_ANSWER) {
            int length = channel.read(some);
            if (length < 0) {
                break;
            }
            if (length == 0) {
                await(SelectionKey.OP_READ);
            }
            all.write(some.array(), 0, some.position());
            some.clear();
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private void await(int operation) throws IOException {
        channel.keyFor(selector).interestOps(operation);
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || selector.select(millis) == 0) {
            throw new SocketTimeoutException("the time is over");
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        try {
            selector.close();
        } finally {
            channel.close();
        }
    }
}
