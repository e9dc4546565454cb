import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Messages as Kafka's own classes write them. Each argument is NAME:OLDEST:NEWEST, such as MetadataResponse:11:13; the
 * versions of these that Kafka knows get some messages each, filled at random: a line of name, API key, version, whether
 * the version is flexible, the bytes, the bytes with tagged fields that nobody knows in every structure, and JSON.
 */
public class Messages {
    private static final int OF_EACH = 150;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Random random = new Random(20);

    public static void main(String[] kinds) throws Exception {
        Messages messages = new Messages();
        for (String kind : kinds) {
            String[] parts = kind.split(":");
            messages.tell(parts[0], Short.parseShort(parts[1]), Short.parseShort(parts[2]));
        }
    }

    private void tell(String name, short oldest, short newest) throws Exception {
        String prefix = "org.apache.kafka.common.message." + name + "Data";
        Class<?> kind = Class.forName(prefix);
        Class<?> converter = Class.forName(prefix + "JsonConverter");
        Schema[] schemas = (Schema[]) kind.getField("SCHEMAS").get(null);
        short first = kind.getField("LOWEST_SUPPORTED_VERSION").getShort(null);
        short last = kind.getField("HIGHEST_SUPPORTED_VERSION").getShort(null);
        for (short version = (short) Math.max(oldest, first); version <= Math.min(newest, last); version++) {
            for (int i = 0; i < OF_EACH; i++) {
                JsonNode json = structure(schemas[version]);
                ApiMessage message =
                    (ApiMessage) converter.getMethod("read", JsonNode.class, short.class).invoke(null, json, version);
                JsonNode told = (JsonNode) converter.getMethod("write", kind, short.class).invoke(null, message, version);
                boolean isFlexible = ApiKeys.forId(message.apiKey()).requestHeaderVersion(version) >= 2;
                String bytes = bytes(message, version);
                if (isFlexible) {
                    tag(message);
                }
                System.out.println(String.join("\t", name, "" + message.apiKey(), "" + version,
                    "" + isFlexible, bytes, bytes(message, version), told.toString()));
            }
        }
    }

    private static String bytes(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return HexFormat.of().formatHex(buffer.array());
    }

    /** Fields of another version in the message and in all that it has. */
    private void tag(Message message) throws ReflectiveOperationException {
        for (int i = random.nextInt(3); i > 0; i--) {
            byte[] data = new byte[random.nextInt(random.nextInt(50) == 0 ? 200 : 10)];
            random.nextBytes(data);
            message.unknownTaggedFields().add(new RawTaggedField(100 * (4 - i), data));
        }
        for (Field field : message.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            field.setAccessible(true);
            if (field.get(message) instanceof Collection) {
                for (Object element : (Collection<?>) field.get(message)) {
                    if (element instanceof Message) {
                        tag((Message) element);
                    }
                }
            }
        }
    }

    private ObjectNode structure(Schema schema) {
        ObjectNode node = JSON.objectNode();
        for (BoundField field : schema.fields()) {
            if (!field.def.name.equals("_tagged_fields")) {
                node.set(camelCase(field.def.name), value(field.def.type));
            }
        }
        return node;
    }

    private JsonNode value(Type type) {
        if (type.isNullable() && random.nextInt(4) == 0) {
            return JSON.nullNode();
        }
        if (type.isArray()) {
            ArrayNode array = JSON.arrayNode();
            // Now and then so many that their number takes two bytes.
            int count = random.nextInt(400) == 0 ? 130 : random.nextInt(4);
            for (int i = 0; i < count; i++) {
                array.add(value(type.arrayElementType().get()));
            }
            return array;
        }
        if (type instanceof Schema) {
            return structure((Schema) type);
        }
        switch (((Type.DocumentedType) type).typeName()) {
            case "BOOLEAN":
                return JSON.booleanNode(random.nextBoolean());
            case "INT8":
                return JSON.numberNode((byte) number());
            case "INT16":
                return JSON.numberNode((short) number());
            case "UINT16":
                return JSON.numberNode((int) number() & 0xFFFF);
            case "INT32":
                return JSON.numberNode((int) number());
            case "INT64":
                return JSON.numberNode(number());
            case "UUID":
                return JSON.textNode(new Uuid(number(), number()).toString());
            default:
                return JSON.textNode(text());
        }
    }

    private long number() {
        switch (random.nextInt(4)) {
            case 0:
                return random.nextInt(3) - 1;
            case 1:
                return random.nextInt(1000);
            default:
                return random.nextLong();
        }
    }

    private String text() {
        if (random.nextInt(100) == 0) {
            return "long".repeat(50 + random.nextInt(random.nextInt(20) == 0 ? 5000 : 50));
        }
        return "orders-\u00e4\u20ac"
            .substring(random.nextInt(10)) + (random.nextBoolean() ? random.nextInt(1000) : "");
    }

    private static String camelCase(String name) {
        StringBuilder result = new StringBuilder();
        for (String word : name.split("_")) {
            result.append(result.isEmpty() ? word : word.substring(0, 1).toUpperCase() + word.substring(1));
        }
        return result.toString();
    }
}
