package io.hyperion.examples.assistant;

import io.hyperion.api.GenerateRequest;
import jakarta.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Turns inquiries into requests: what a model is told, by which template, and with which parameters. */
final class Prompts {
    private static final String PLAIN = read("plain.jinja");

    /** Begins the next section of the plain template, which a model that knows no end of a turn goes on with. */
    private static final String NEXT_SECTION = "\n###";

    private static final String CLASSIFY =
            """
            You sort the tickets of a support desk. Answer with one JSON object: customer, the name of who writes; \
            category: ACCOUNT, BILLING, DELIVERY, TECHNICAL or OTHER; priority: LOW, NORMAL, HIGH or URGENT; \
            summary: what is wanted, in one sentence.""";

    private static final String DRAFT = "You answer the tickets of a support desk, politely and to the point.";

    /** More than a ticket of the longest texts needs in all but odd scripts. */
    private static final int TICKET_TOKENS = 800;

    private static final long SEED = 1;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private Prompts() {}

    /** {@return the request whose answer is a {@link Ticket}} */
    static GenerateRequest classification(Inquiry inquiry) {
        // As JSON, so that no line of a customer looks like one of ours; and models copy well from JSON into JSON.
        String ticket = Json.createObjectBuilder()
                .add("customer", inquiry.customer())
                .add("subject", inquiry.subject())
                .add("text", inquiry.text())
                .build()
                .toString();
        return request(inquiry, CLASSIFY, ticket, "Record")
                .temperature(0)
                .maxTokens(TICKET_TOKENS)
                .build();
    }

    /** {@return the request whose answer is one to the customer} */
    static GenerateRequest draft(Inquiry inquiry) {
        String letter = inquiry.subject() + "\n\nHello, my name is " + inquiry.customer() + ".\n\n" + inquiry.text();
        return request(inquiry, DRAFT, letter, "Answer")
                .temperature(inquiry.temperature())
                .maxTokens(inquiry.maxTokens())
                .build();
    }

    private static GenerateRequest.Builder request(Inquiry inquiry, String task, String ticket, String answer) {
        GenerateRequest.Builder request =
                GenerateRequest.builder().system(task).user(ticket).seed(SEED).timeout(TIMEOUT);
        if (!inquiry.model().isEmpty()) {
            request.model(inquiry.model());
        }
        if (inquiry.template().equals(Inquiry.PLAIN)) {
            request.template(PLAIN).templateVariable("answer", answer).stop(NEXT_SECTION);
        } else if (!inquiry.template().isEmpty()) {
            request.template(inquiry.template());
        }
        return request;
    }

    private static String read(String name) {
        try (InputStream in = Prompts.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The application's archive is damaged", unreadable);
        }
    }
}
