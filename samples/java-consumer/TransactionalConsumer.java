import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A consumer that keeps the contract by transactions: the receipt and the commit become visible together or not at all.
 * Whatever kills it, what it had in hand is aborted, and somebody processes it again as if for the first time.
 */
public final class TransactionalConsumer implements ConsumerRebalanceListener {
  private static final String TOPIC = variable("TOPIC");
  private static final String RECEIPTS_TOPIC = variable("RECEIPTS_TOPIC");
  private static final String CLIENT_ID = variable("CLIENT_ID");
  private static final String GROUP_ID = variable("GROUP_ID");
  private static final Duration SETTLE_EVERY = Duration.ofMillis(250);

  private static volatile boolean isStopping = false;

  /** Records of one partition, one after the other, that are processed and not committed yet. */
  private static final class Run {
    private final long from;
    private final int generation;
    private final Instant startedAt;
    private final CRC32 digest = new CRC32();
    private long to;
    private int records = 0;
    private Instant finishedAt;

    private Run(long from, int generation, Instant startedAt) {
      this.from = from;
      this.generation = generation;
      this.startedAt = startedAt;
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
      var value = new CRC32();
      if (record.value() != null) value.update(record.value());
      digest.update(ByteBuffer.allocate(12).putLong(record.offset()).putInt((int) value.getValue()).array());
      to = record.offset();
      records += 1;
      finishedAt = Instant.now();
    }
  }

  private final KafkaProducer<String, String> ledger = new KafkaProducer<>(producerSettings());
  private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings());
  private final Map<TopicPartition, List<Run>> runs = new HashMap<>();
  private volatile boolean hasJoined = false;

  public static void main(String[] arguments) throws IOException {
    var main = Thread.currentThread();
    // SIGTERM: the loop ends, and the JVM waits for it.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      isStopping = true;
      joinQuietly(main);
    }));
    new TransactionalConsumer().run();
  }

  private void run() throws IOException {
    // What a life before this one has left open under this name is aborted here.
    ledger.initTransactions();
    consumer.subscribe(List.of(TOPIC), this);
    var settledAt = Instant.now();
    // Closing the consumer gives the partitions back, by onPartitionsRevoked, and leaves the group at once.
    var readiness = serveReadiness();
    try (readiness; ledger; consumer) {
      while (!isStopping) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          var startedAt = Instant.now();
          process(record);
          note(record, startedAt);
        }
        if (Instant.now().isAfter(settledAt.plus(SETTLE_EVERY))) {
          if (!settle()) goBack();
          settledAt = Instant.now();
        }
      }
    }
  }

  /** Your work. What it writes to Kafka belongs into the transaction; anything else is done again after an abort. */
  private void process(ConsumerRecord<byte[], byte[]> record) {
    System.out.printf("%s %d %d%n", record.topic(), record.partition(), record.offset());
  }

  private void note(ConsumerRecord<byte[], byte[]> record, Instant startedAt) {
    var partition = new TopicPartition(record.topic(), record.partition());
    var ofPartition = runs.computeIfAbsent(partition, unused -> new ArrayList<>());
    // A run ends at every gap: this client does not tell whether the log holds a record there.
    if (ofPartition.isEmpty() || last(ofPartition).to + 1 != record.offset()) {
      // The generation it was processed in: when partitions are taken away, the next one has begun.
      ofPartition.add(new Run(record.offset(), consumer.groupMetadata().generationId(), startedAt));
    }
    last(ofPartition).add(record);
  }

  private static Run last(List<Run> runs) {
    return runs.get(runs.size() - 1);
  }

  /** Receipts and offsets in one transaction. Returns whether it was committed; if not, nothing of it happened. */
  private boolean settle() {
    if (runs.isEmpty()) return true;
    ledger.beginTransaction();
    try {
      var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
      runs.forEach((partition, ofPartition) -> {
        for (var run : ofPartition)
          ledger.send(new ProducerRecord<>(RECEIPTS_TOPIC, partition.partition(), null, toReceipt(partition, run)));
        offsets.put(partition, new OffsetAndMetadata(last(ofPartition).to + 1));
      });
      // With the group's metadata a member that the group has given up is refused.
      ledger.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
      ledger.commitTransaction();
      return true;
    } catch (ProducerFencedException | InvalidProducerEpochException | OutOfOrderSequenceException
        | AuthorizationException | UnsupportedVersionException error) {
      // Another goes by this name, or it never works: whoever started this one starts it again.
      throw error;
    } catch (KafkaException error) {
      System.out.println("aborted: " + error.getMessage());
      ledger.abortTransaction();
      return false;
    } finally {
      runs.clear();
    }
  }

  /** To where the group is: what was aborted is read again. */
  private void goBack() {
    var committed = consumer.committed(consumer.assignment());
    committed.forEach((partition, offset) -> {
      if (offset == null) consumer.seekToBeginning(List.of(partition));
      else consumer.seek(partition, offset.offset());
    });
  }

  private static String toReceipt(TopicPartition partition, Run run) {
    return """
        {"topic":"%s","partition":%d,"from":%d,"to":%d,"member":"%s","generation":%d,\
        "records":%d,"digest":"%08x","startedAt":"%s","finishedAt":"%s"}"""
        .formatted(
            partition.topic(), partition.partition(), run.from, run.to, CLIENT_ID, run.generation,
            run.records, run.digest.getValue(), run.startedAt.truncatedTo(ChronoUnit.MILLIS), run.finishedAt.truncatedTo(ChronoUnit.MILLIS));
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    System.out.println("assigned " + partitions);
    hasJoined = true;
  }

  /** The partitions are ours until this returns, and nothing is in hand: it is called within poll and close. */
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (!settle()) goBack();
  }

  /** They are another's already: what is not committed is processed by that one. */
  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    runs.keySet().removeAll(partitions);
  }

  private static Map<String, Object> consumerSettings() {
    var settings = connectionSettings();
    settings.put("group.id", GROUP_ID);
    settings.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    settings.put("session.timeout.ms", 10_000);
    settings.put("heartbeat.interval.ms", 1000);
    settings.put("enable.auto.commit", false);
    // What another's transaction wrote is there when that one is committed, and never if it is aborted.
    settings.put("isolation.level", "read_committed");
    // A group that has committed nothing begins at the beginning.
    settings.put("auto.offset.reset", "earliest");
    // What is in hand holds a rebalance up: little of it at a time.
    settings.put("max.poll.records", 100);
    settings.put("key.deserializer", ByteArrayDeserializer.class);
    settings.put("value.deserializer", ByteArrayDeserializer.class);
    return settings;
  }

  private static Map<String, Object> producerSettings() {
    var settings = connectionSettings();
    // One name for all lives of a replica: the next one ends what this one leaves open.
    settings.put("transactional.id", GROUP_ID + "-" + CLIENT_ID);
    // Nobody can take over what a dead member has open before this is over.
    settings.put("transaction.timeout.ms", 10_000);
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", StringSerializer.class);
    return settings;
  }

  private static Map<String, Object> connectionSettings() {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", variable("KAFKA_BROKERS"));
    // The lab knows a replica by its client id.
    settings.put("client.id", CLIENT_ID);
    return settings;
  }

  /** Answers /health/ready, if the lab gave an address: 200 once the consumer is a member, 503 before. */
  private Closeable serveReadiness() throws IOException {
    var port = System.getenv("PORT");
    if (port == null) return () -> {};
    var address = new InetSocketAddress(System.getenv().getOrDefault("HOST", "127.0.0.1"), Integer.parseInt(port));
    var server = HttpServer.create(address, 0);
    server.createContext("/health/ready", exchange -> {
      exchange.sendResponseHeaders(hasJoined ? 200 : 503, -1);
      exchange.close();
    });
    server.start();
    return () -> server.stop(0);
  }

  private static void joinQuietly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  private static String variable(String name) {
    var value = System.getenv(name);
    if (value == null || value.isEmpty()) throw new IllegalArgumentException(name + " is not set");
    return value;
  }
}
