import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes to a topic by Kafka's own client: every codec of it, plainly and in transactions, keys and tombstones. */
public final class Produce {
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
  private static final int KEYS = 40;
  private static final int BATCH = 20;

  public static void main(String[] args) throws Exception {
    String brokers = args[0];
    String topic = args[1];
    long until = System.currentTimeMillis() + (long) (Double.parseDouble(args[2]) * 1000);
    long written = 0;
    for (int round = 0; System.currentTimeMillis() < until; round += 1) {
      String codec = CODECS.get(round % CODECS.size());
      boolean isTransactional = round % 2 == 1;
      Map<String, Object> settings = new java.util.HashMap<>();
      settings.put("bootstrap.servers", brokers);
      settings.put("compression.type", codec);
      settings.put("linger.ms", 20);
      if (isTransactional) settings.put("transactional.id", topic + "-java-" + codec);
      try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
        if (isTransactional) producer.initTransactions();
        for (int batch = 0; batch < 10; batch += 1) {
          if (isTransactional) producer.beginTransaction();
          for (int index = 0; index < BATCH; index += 1) {
            String key = "java-" + codec + "-" + (round * BATCH + index) % KEYS;
            String value = index % 7 == 6 ? null : "{\"name\":\"java " + round + " " + index + "\"}";
            producer.send(new ProducerRecord<>(topic, key, value));
          }
          producer.flush();
          if (isTransactional && batch % 3 == 2) producer.abortTransaction();
          else if (isTransactional) producer.commitTransaction();
          written += BATCH;
          Thread.sleep(100);
        }
      }
    }
    System.out.println(written);
  }
}
