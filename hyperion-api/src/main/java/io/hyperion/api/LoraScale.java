package io.hyperion.api;

/**
 * How strongly a LoRA adapter of the model acts.
 *
 * @param id which one: its place among the model's adapters, from 0
 * @param scale 0 for not at all, 1 as it was trained; -{@value #MAX_SCALE} to {@value #MAX_SCALE}
 */
public record LoraScale(int id, double scale) {
    /** The largest accepted scale, in either direction. */
    public static final double MAX_SCALE = 100;

    /**
     * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}, parameter {@code lora}) if a value is out of its range
     */
    public LoraScale {
        if (id < 0) {
            throw Parameter.LORA.outOfRange("An 'id' of 'lora' must be at least 0, but is " + id);
        }
        // Written so that NaN fails too.
        if (!(Math.abs(scale) <= MAX_SCALE)) {
            throw Parameter.LORA.outOfRange("A 'scale' of 'lora' must be between -" + (long) MAX_SCALE + " and "
                    + (long) MAX_SCALE + ", but is " + scale);
        }
    }
}
