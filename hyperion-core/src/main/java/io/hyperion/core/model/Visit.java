package io.hyperion.core.model;

/**
 * The stay of one request, or of whoever else needs the model, from its coming to its end: it waits, is then served, and is over. It keeps
 * the model from being unloaded as an idle one. All but {@link #end()} is done by the model's {@link ModelLife}, under its lock.
 */
final class Visit {
    /** How far it is. */
    enum Stage {
        NEW,
        WAITING,
        SERVED,
        OVER
    }

    private final ModelLife life;
    private Stage stage = Stage.NEW;
    private boolean request;

    Visit(ModelLife life) {
        this.life = life;
    }

    /** What it was for has ended, or is not wanted any more. Does nothing the second time. */
    void end() {
        life.leave(this);
    }

    void comes(WaitingForModel one) {
        request = one.isRequest();
    }

    /** {@return whether it is that of a request, and not of somebody who brings the model here for others} */
    boolean isRequest() {
        return request;
    }

    Stage stage() {
        return stage;
    }

    void enter(Stage next) {
        stage = next;
    }
}
