package io.hyperion.api;

import io.hyperion.api.json.JsonSchemas;
import io.hyperion.api.json.UnsupportedTypeException;
import java.util.Map;
import java.util.Objects;

/**
 * A {@link Tool} and the Java function that runs it. Its arguments are a record or a bean, from which the tool's schema is made: the
 * function gets them as an object.
 *
 * <pre>{@code
 * public record WeatherQuery(@Description("a city, such as Berlin") String city, Optional<Integer> days) {}
 *
 * JavaTool weather = JavaTool.of("weather", "Tells the weather of a city", WeatherQuery.class, query -> service.forecast(query.city()));
 * }</pre>
 *
 * <p>Immutable. Safe for use by many threads at once as far as its function is.
 */
public final class JavaTool {
    private static final String PARAMETERS = "tools.function.parameters";

    private final Tool tool;
    private final Class<?> arguments;
    private final ToolFunction<Object> function;

    private JavaTool(Tool tool, Class<?> arguments, ToolFunction<Object> function) {
        this.tool = tool;
        this.arguments = arguments;
        this.function = function;
    }

    /**
     * A tool.
     *
     * @param name its name, as in {@link Tool#name()}
     * @param description what it does and when to use it, for the model; may be empty
     * @param arguments the type of its arguments: a record or a bean, as in {@link HyperionClient#generate(GenerateRequest, Class)}; a
     *     record without components for a tool without arguments
     * @param function what it does
     * @param <A> the type of its arguments
     * @return the tool
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_SCHEMA}, parameter {@code tools.function.parameters}) if the type has no
     *     schema or is no object; or if the name or the description is not allowed
     */
    public static <A> JavaTool of(String name, String description, Class<A> arguments, ToolFunction<A> function) {
        Objects.requireNonNull(function, "function");
        Map<String, Object> schema = schema(arguments);
        if (!"object".equals(schema.get("type"))) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_SCHEMA,
                    PARAMETERS,
                    "The arguments of the tool '" + Excerpts.of(name) + "' must be a record or a bean, not "
                            + arguments.getTypeName());
        }
        return new JavaTool(
                new Tool(name, description, schema), arguments, value -> function.call(arguments.cast(value)));
    }

    /** {@return what the model is told of it} */
    public Tool tool() {
        return tool;
    }

    /** {@return the type of its arguments} */
    Class<?> arguments() {
        return arguments;
    }

    /** {@return what it does with an object of that type} */
    ToolFunction<Object> function() {
        return function;
    }

    private static Map<String, Object> schema(Class<?> arguments) {
        try {
            return JsonSchemas.of(arguments);
        } catch (UnsupportedTypeException e) {
            throw new InvalidRequestException(ErrorCode.INVALID_SCHEMA, PARAMETERS, e.getMessage());
        }
    }
}
