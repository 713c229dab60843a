package io.hyperion.examples.assistant;

import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * What a model makes of an inquiry. The constraints become the grammar that it writes by, so a ticket always has this form; whether it is
 * right is up to the model.
 *
 * @param customer who wrote
 * @param category who is to care for it
 * @param priority how soon
 * @param summary what is wanted, in a sentence
 */
public record Ticket(
        @Size(min = 1, max = 80) @Pattern(regexp = Ticket.LINE) String customer,
        Category category,
        Priority priority,
        @Size(min = 1, max = 160) @Pattern(regexp = Ticket.LINE) String summary) {
    /** One line with nothing that JSON escapes: so its length is a bound on its tokens. */
    static final String LINE = "[^\\x00-\\x1f\"\\\\]*";

    /** Who is to care for a ticket. */
    public enum Category {
        /** Signing in, passwords, personal data. */
        ACCOUNT,
        /** Invoices, payments, refunds. */
        BILLING,
        /** Parcels and where they are. */
        DELIVERY,
        /** Something does not work. */
        TECHNICAL,
        /** Anything else. */
        OTHER
    }

    /** How soon a ticket is to be cared for. */
    public enum Priority {
        /** When there is time. */
        LOW,
        /** In its turn. */
        NORMAL,
        /** Today. */
        HIGH,
        /** Before all others. */
        URGENT
    }
}
