package io.hyperion.core.jinja;

/** What a template can call. */
interface Callable {
    Object call(Context context, Arguments arguments);
}
