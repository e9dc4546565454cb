package org.kafkaisr;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Writes one line of JSON. */
final class Json {
    private final StringBuilder text = new StringBuilder("{");
    private final Deque<Character> ends = new ArrayDeque<>();

    Json() {
        ends.push('}');
    }

    /** name: null in an array. */
    Json object(String name) {
        key(name).append('{');
        ends.push('}');
        return this;
    }

    Json array(String name) {
        key(name).append('[');
        ends.push(']');
        return this;
    }

    Json end() {
        text.append(ends.pop());
        return this;
    }

    Json put(String name, String value) {
        quote(key(name), value);
        return this;
    }

    Json put(String name, long value) {
        key(name).append(value);
        return this;
    }

    /** Unit: seconds, to the millisecond. */
    Json put(String name, double value) {
        key(name).append(String.format(Locale.ROOT, "%.3f", value));
        return this;
    }

    Json put(String name, boolean value) {
        key(name).append(value);
        return this;
    }

    Json putKnown(String name, long value) {
        return value < 0 ? this : put(name, value);
    }

    String line() {
        end();
        return text.append('\n').toString();
    }

    private StringBuilder key(String name) {
        char last = text.charAt(text.length() - 1);
        if (last != '{' && last != '[') {
            text.append(',');
        }
        if (name != null) {
            quote(text, name).append(':');
        }
        return text;
    }

    private static StringBuilder quote(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); ++i) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else if (Character.isSurrogate(c) && !isPair(value, i)) {
                out.append('?');
            } else {
                out.append(c);
            }
        }
        return out.append('"');
    }

    private static boolean isPair(String value, int i) {
        return Character.isHighSurrogate(value.charAt(i))
                ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }
}
