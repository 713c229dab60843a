package io.hyperion.api.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a value means, in words: the {@code description} of its schema. A model reads that of a tool's arguments before it calls the tool.
 *
 * <pre>{@code
 * public record WeatherQuery(@Description("a city, such as Berlin") String city, Optional<Integer> days) {}
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.TYPE_USE})
public @interface Description {
    /** {@return the words} */
    String value();
}
