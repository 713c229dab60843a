package io.hyperion.api.cdi;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Chooses the default model of an injected client: requests that name no model go to it.
 *
 * <pre>{@code
 * @Inject
 * @Model("summaries")
 * HyperionClient client;
 * }</pre>
 *
 * <p>That there is such a model is seen at the first request.
 */
@Documented
@Qualifier
@Retention(RUNTIME)
@Target({FIELD, PARAMETER, METHOD})
public @interface Model {
    /** {@return the model's name; a blank one cannot be injected} */
    @Nonbinding
    String value();
}
