import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own client as its documentation shows it for at-least-once: what a poll gave is processed and committed
 * before the next, and before partitions are given away. Prints one line for each record that it processes, in the form
 * of our consumer's log. Arguments: brokers, topic, group, client id, and the client's further settings as name=value.
 */
public final class TraceConsumer {
    private static final Duration POLL = Duration.ofMillis(100);

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** Whether something was processed that is not committed. */
    private boolean isBehind;

    private TraceConsumer(String topic, KafkaConsumer<byte[], byte[]> consumer) {
        this.topic = topic;
        this.consumer = consumer;
    }

    public static void main(String[] args) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("group.id", args[2]);
        settings.put("client.id", args[3]);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        for (int index = 4; index < args.length; index += 1) {
            String[] pair = args[index].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes);
        Thread main = Thread.currentThread();
        // SIGTERM: the loop ends, the member leaves its group, and only then the process goes.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }));
        print("\"msg\":\"" + args[3] + " begins to join\"");
        new TraceConsumer(args[1], consumer).run();
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(topic), new CommitBeforeGivingAway());
            try {
                while (true) {
                    process(consumer.poll(POLL));
                    commit();
                }
            } catch (WakeupException stopped) {
                // Asked to go: closing the consumer leaves the group.
                commit();
            }
        }
    }

    private void process(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> one : records) {
            print("\"partition\":" + one.partition() + ",\"offset\":" + one.offset() + ",\"msg\":\"processed\"");
            isBehind = true;
        }
    }

    private void commit() {
        if (!isBehind) return;
        try {
            consumer.commitSync();
            isBehind = false;
        } catch (RebalanceInProgressException later) {
            // A cooperative member commits when the rebalance is through, which the next poll does.
        } catch (CommitFailedException lost) {
            // The group went on without this member: who owns the partitions now processes the records again.
            System.err.println("commit failed: " + lost.getMessage());
            isBehind = false;
        }
    }

    private static void print(String fields) {
        System.out.println("{\"time\":" + System.currentTimeMillis() + "," + fields + "}");
    }

    private final class CommitBeforeGivingAway implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // They begin where the group has committed.
        }
    }
}
