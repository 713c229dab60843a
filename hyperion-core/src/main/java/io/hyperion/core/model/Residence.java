package io.hyperion.core.model;

import io.hyperion.api.ModelFigures;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.ServedModel;
import java.util.List;
import java.util.Optional;

/** A model in memory, if it is there: with the memory that it has, its visits, and what it did whenever it was there. Guarded by the lock of the model's life. */
final class Residence {
    private Optional<ServedModel> model = Optional.empty();
    private List<MemoryBudget.Reservation> memory = List.of();
    private int visits;
    private ModelFigures past = ModelFigures.NONE;

    /** {@return the model, if it is there} */
    Optional<ServedModel> model() {
        return model;
    }

    void put(ServedModel loaded, List<MemoryBudget.Reservation> reserved) {
        model = Optional.of(loaded);
        memory = List.copyOf(reserved);
    }

    /** {@return closes the model and gives its memory back; takes as long as that takes, and is not for under a lock} */
    Runnable leaving() {
        Optional<ServedModel> closing = model;
        List<MemoryBudget.Reservation> given = memory;
        return () -> {
            try {
                closing.ifPresent(ServedModel::close);
            } finally {
                given.forEach(MemoryBudget.Reservation::close);
            }
        };
    }

    /**
     * It has left.
     *
     * @return whether there was one
     */
    boolean left() {
        boolean was = model.isPresent();
        model.ifPresent(closed -> past = past.plus(closed.figures().past()));
        model = Optional.empty();
        memory = List.of();
        return was;
    }

    /** One who comes is served, unless that is over already. */
    void serve(Visit visit) {
        if (visit.stage() != Visit.Stage.OVER) {
            visit.enter(Visit.Stage.SERVED);
            visits++;
        }
    }

    /** One who was served goes. */
    void leave() {
        visits--;
    }

    /** {@return how many are served} */
    int visits() {
        return visits;
    }

    int instances() {
        return model.map(one -> one instanceof LoadedModel several ? several.instances() : 1)
                .orElse(0);
    }

    boolean isServing() {
        return model.filter(ServedModel::isServing).isPresent();
    }

    boolean isOwnThread() {
        return model.filter(ServedModel::isOwnThread).isPresent();
    }

    ModelFigures figures() {
        return past.plus(model.map(ServedModel::figures).orElse(ModelFigures.NONE));
    }
}
