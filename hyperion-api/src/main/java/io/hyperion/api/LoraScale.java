package io.hyperion.api;

/**
 * How much of one of the model's LoRA adapters a request wants.
 *
 * @param id the number of the adapter: 0 for the first one configured
 * @param scale what its change is multiplied by: 1 as it was trained, 0 for none of it; {@value #MIN} to {@value #MAX}
 */
public record LoraScale(int id, double scale) {
    /** The smallest accepted scale. */
    public static final double MIN = -1000;

    /** The largest accepted scale. */
    public static final double MAX = 1000;

    /**
     * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}, parameter {@code lora}) if the id is negative or the scale out of its
     *     range; which ids are too large, the model says
     */
    public LoraScale {
        if (id < 0) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE, "lora", "'lora' names the adapter " + id + "; they begin at 0");
        }
        // False for NaN too.
        if (!(scale >= MIN && scale <= MAX)) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    "lora",
                    "The scale of adapter " + id + " in 'lora' must be between " + MIN + " and " + MAX + ", but is "
                            + scale);
        }
    }
}
