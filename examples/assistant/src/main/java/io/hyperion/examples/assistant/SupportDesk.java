package io.hyperion.examples.assistant;

import io.hyperion.api.HyperionClient;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/**
 * What the desk does with models. Every method throws a {@link io.hyperion.api.HyperionException} where Hyperion is not deployed, is busy,
 * or a model fails.
 */
@ApplicationScoped
public class SupportDesk {
    @Inject
    HyperionClient hyperion;

    /**
     * Summarises and sorts an inquiry, and waits for that.
     *
     * @param inquiry the inquiry
     * @return the ticket
     */
    public Ticket classify(Inquiry inquiry) {
        return hyperion.generate(Prompts.classification(inquiry), Ticket.class);
    }

    /**
     * Begins an answer to an inquiry.
     *
     * @param inquiry the inquiry
     * @return the answer, as it is being written; the caller ends it
     */
    public Draft draft(Inquiry inquiry) {
        Draft draft = new Draft();
        draft.begin(hyperion.stream(Prompts.draft(inquiry), draft));
        return draft;
    }

    /** {@return the models there are} */
    public List<ModelChoice> models() {
        return hyperion.models().stream().map(ModelChoice::of).toList();
    }
}
