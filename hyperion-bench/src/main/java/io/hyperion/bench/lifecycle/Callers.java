package io.hyperion.bench.lifecycle;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.bench.model.Words;
import io.hyperion.core.client.InProcessClient;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;

/** Those who use the models of a soak. */
final class Callers {
    private static final int MOST_WORDS = 200;
    private static final int MOST_TOKENS = 24;
    private static final int LONGEST_PIN = 300;

    private final InProcessClient client;
    private final List<String> models;
    private final Tally tally;

    /** With two of them pinned there is no room for a third, which is a failure and none of the soak's. */
    private final Semaphore pin = new Semaphore(1);

    private Callers(InProcessClient client, List<String> models, Tally tally) {
        this.client = client;
        this.models = models.stream().sorted().toList();
        this.tally = tally;
    }

    static Callers of(InProcessClient client, List<String> models, Tally tally) {
        return new Callers(client, models, tally);
    }

    Caller one(long seed) {
        return new Caller(seed);
    }

    /** Of one thread. */
    final class Caller {
        private final Random random;
        private final Words words;

        private Caller(long seed) {
            this.random = new Random(seed);
            this.words = new Words(seed);
        }

        /** Does one thing after the other, until a time by {@link System#nanoTime()}. */
        Void until(long end) throws InterruptedException {
            while (System.nanoTime() - end < 0) {
                one(choose(), models.get(random.nextInt(models.size())));
            }
            return null;
        }

        /** Does everything once, with each model. */
        void all() throws InterruptedException {
            for (String model : models) {
                for (Action action : Action.values()) {
                    one(action, model);
                }
            }
        }

        private Action choose() {
            int choice = random.nextInt(100);
            if (choice < 45) {
                return Action.GENERATE;
            } else if (choice < 65) {
                return Action.STREAM;
            } else if (choice < 75) {
                return Action.CANCEL;
            } else if (choice < 82) {
                return Action.LOAD;
            } else if (choice < 88) {
                return Action.UNLOAD;
            } else if (choice < 92) {
                return Action.PULL;
            }
            return choice < 96 ? Action.PIN : Action.LOOK;
        }

        private void one(Action action, String model) throws InterruptedException {
            long begin = System.nanoTime();
            try {
                switch (action) {
                    case GENERATE ->
                        tally.tokens(client.generate(request(model)).completionTokens());
                    case STREAM -> stream(model);
                    case CANCEL -> cancel(model);
                    case LOAD ->
                        client.administration().load(model, progress -> {}).join();
                    case UNLOAD -> client.administration().unload(model).join();
                    case PULL ->
                        client.administration().pull(model, progress -> {}).join();
                    case PIN -> pin(model);
                    case LOOK -> client.models();
                }
                tally.done(action, (System.nanoTime() - begin) / 1e6);
            } catch (CompletionException e) {
                tally.ended(action, e.getCause());
            } catch (HyperionException e) {
                tally.ended(action, e);
            }
        }

        private GenerateRequest request(String model) {
            return GenerateRequest.builder()
                    .model(model)
                    .user(words.text(1 + random.nextInt(MOST_WORDS)))
                    .maxTokens(1 + random.nextInt(MOST_TOKENS))
                    .seed(random.nextInt(1000))
                    .build();
        }

        private void stream(String model) {
            CompletableFuture<GenerateReply> reply = new CompletableFuture<>();
            client.stream(request(model), new Reading(reply));
            tally.tokens(reply.join().completionTokens());
        }

        private void cancel(String model) throws InterruptedException {
            CompletableFuture<GenerateReply> reply = new CompletableFuture<>();
            Generation generation = client.stream(request(model), new Reading(reply));
            Thread.sleep(random.nextInt(50));
            generation.cancel();
            reply.join();
        }

        private void pin(String model) throws InterruptedException {
            pin.acquire();
            try {
                client.administration().pin(model, true);
                Thread.sleep(random.nextInt(LONGEST_PIN));
                client.administration().pin(model, false);
            } finally {
                pin.release();
            }
        }
    }

    /** Reads a stream and keeps what it ends with. */
    private record Reading(CompletableFuture<GenerateReply> reply) implements GenerateListener {
        @Override
        public void onText(String text) {}

        @Override
        public void onDone(GenerateReply whole) {
            reply.complete(whole);
        }

        @Override
        public void onError(HyperionException error) {
            reply.completeExceptionally(error);
        }
    }
}
