package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Somebody who brings a model")
@Timeout(30)
class WaitingAdministratorTest {
    @Test
    @DisplayName("hears of the end last, though somebody else tells how far the model is at that moment")
    void order() throws Exception {
        List<ModelState> told = new CopyOnWriteArrayList<>();
        CompletableFuture<Thread> teller = new CompletableFuture<>();
        CompletableFuture<Void> entered = new CompletableFuture<>();
        CompletableFuture<Arrived> done = new CompletableFuture<>();
        WaitingAdministrator one = new WaitingAdministrator(
                "text",
                WaitingForModel.Goal.MEMORY,
                progress -> {
                    if (progress.state() == ModelState.LOADING) {
                        entered.complete(null);
                        Thread ending = teller.join();
                        while (!done.isDone() && ending.getState() != Thread.State.BLOCKED) {
                            Thread.onSpinWait();
                        }
                    }
                    told.add(progress.state());
                },
                done);
        Thread timer = new Thread(() -> one.tell(ModelProgress.of("text", ModelState.LOADING, OptionalDouble.empty())));
        timer.start();
        entered.join();
        Thread ending = new Thread(() -> one.begin(new Arrived(null, Optional.empty())));
        teller.complete(ending);
        ending.start();
        ending.join();
        timer.join();
        one.tell(ModelProgress.of("text", ModelState.LOADING, OptionalDouble.of(1)));
        assertThat(told).containsExactly(ModelState.LOADING, ModelState.LOADED);
    }
}
