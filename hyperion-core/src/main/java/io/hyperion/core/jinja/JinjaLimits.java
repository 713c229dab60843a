package io.hyperion.core.jinja;

/**
 * What a template may take. What goes beyond is a {@link JinjaException} of kind {@link JinjaException.Kind#LIMIT}.
 *
 * @param templateLength characters of a template's source
 * @param outputLength characters of what is rendered, and of any single text on the way there
 * @param steps expressions and statements evaluated, in all; work that grows with the length of texts and lists counts too
 * @param memory characters and list elements that are made while rendering, in all
 * @param nesting how deep blocks and expressions may be nested in the source
 * @param depth how deep the evaluation may go: macros that call themselves, recursive loops, nested values
 */
public record JinjaLimits(int templateLength, int outputLength, long steps, long memory, int nesting, int depth) {
    /** What serves every published chat template, even those whose work grows with the square of a long conversation. */
    public static final JinjaLimits DEFAULT = new JinjaLimits(256 * 1024, 8_000_000, 20_000_000, 64_000_000, 64, 250);

    /** What a template may take that comes from somebody who is not trusted: some seconds at most. */
    public static final JinjaLimits UNTRUSTED = new JinjaLimits(256 * 1024, 8_000_000, 4_000_000, 32_000_000, 64, 250);

    /** @throws IllegalArgumentException if a limit is not positive */
    public JinjaLimits {
        if (templateLength <= 0 || outputLength <= 0 || steps <= 0 || memory <= 0 || nesting <= 0 || depth <= 0) {
            throw new IllegalArgumentException("every limit must be positive");
        }
    }
}
