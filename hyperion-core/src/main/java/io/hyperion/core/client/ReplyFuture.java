package io.hyperion.core.client;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import java.util.concurrent.CompletableFuture;

/** The future of a reply; cancelling it cancels the generation. */
final class ReplyFuture extends CompletableFuture<GenerateReply> {
    /** Apart from the future, so that callers of the future do not see the listener's methods. */
    private final GenerateListener listener = new GenerateListener() {
        @Override
        public void onText(String text) {
            // The reply has all of it.
        }

        @Override
        public void onDone(GenerateReply reply) {
            complete(reply);
        }

        @Override
        public void onError(HyperionException error) {
            completeExceptionally(error);
        }
    };

    GenerateListener listener() {
        return listener;
    }

    void follow(Generation generation) {
        whenComplete((reply, error) -> {
            if (isCancelled()) {
                generation.cancel();
            }
        });
    }
}
