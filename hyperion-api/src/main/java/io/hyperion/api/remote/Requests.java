package io.hyperion.api.remote;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.LogitBias;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Message;
import io.hyperion.api.Parameter;
import io.hyperion.api.Prompt;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Sampler;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.math.BigDecimal;
import java.time.Duration;

/** How requests are told on the wire. */
final class Requests {
    private static final String TYPE = "type";
    private static final String FUNCTION = "function";

    private final Json json;

    Requests(Json json) {
        this.json = json;
    }

    /** The fields of {@code /generate}. Who asks is not among them: the server knows it by the key. */
    JsonObject generate(GenerateRequest request, boolean stream) {
        JsonObjectBuilder fields = json.object();
        request.model().ifPresent(model -> fields.add("model", model));
        addPrompt(fields, request.prompt());
        addParameters(fields, request.parameters());
        request.template().ifPresent(template -> fields.add("template", template));
        if (!request.templateVariables().isEmpty()) {
            fields.add("template_vars", json.value("template_vars", request.templateVariables()));
        }
        addTools(fields, request);
        addFormat(fields, request.responseFormat());
        request.timeout().ifPresent(timeout -> fields.add("timeout", seconds(timeout)));
        return fields.add("stream", stream).build();
    }

    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros();
    }

    private void addPrompt(JsonObjectBuilder fields, Prompt prompt) {
        if (prompt instanceof Prompt.Chat chat) {
            JsonArrayBuilder messages = json.list();
            chat.messages().forEach(message -> messages.add(message(message)));
            fields.add("messages", messages);
        } else if (prompt instanceof Prompt.Raw raw) {
            fields.add("prompt", raw.text());
        } else if (prompt instanceof Prompt.Mixed mixed) {
            JsonArrayBuilder parts = json.list();
            for (Prompt.Part part : mixed.parts()) {
                if (part instanceof Prompt.Part.Text text) {
                    parts.add(text.text());
                } else if (part instanceof Prompt.Part.Tokens tokens) {
                    tokens.ids().forEach(parts::add);
                }
            }
            fields.add("prompt", parts);
        } else if (prompt instanceof Prompt.Infill gap) {
            JsonArrayBuilder extra = json.list();
            gap.extra()
                    .forEach(file ->
                            extra.add(json.object().add("name", file.name()).add("text", file.text())));
            fields.add(
                    "infill",
                    json.object()
                            .add("prefix", gap.prefix())
                            .add("suffix", gap.suffix())
                            .add("begin", gap.begin())
                            .add("extra", extra));
        }
    }

    private JsonObjectBuilder message(Message message) {
        JsonObjectBuilder fields =
                json.object().add("role", message.role().wireName()).add("content", message.content());
        if (!message.toolCalls().isEmpty()) {
            JsonArrayBuilder calls = json.list();
            message.toolCalls().forEach(call -> calls.add(call(call)));
            fields.add("tool_calls", calls);
        }
        message.toolCallId().ifPresent(id -> fields.add("tool_call_id", id));
        message.name().ifPresent(name -> fields.add("name", name));
        return fields;
    }

    private JsonObjectBuilder call(ToolCall call) {
        return json.object()
                .add("id", call.id())
                .add(TYPE, FUNCTION)
                .add(FUNCTION, json.object().add("name", call.name()).add("arguments", call.arguments()));
    }

    private void addTools(JsonObjectBuilder fields, GenerateRequest request) {
        if (request.tools().isEmpty()) {
            return;
        }
        JsonArrayBuilder tools = json.list();
        for (Tool tool : request.tools()) {
            tools.add(json.object()
                    .add(TYPE, FUNCTION)
                    .add(
                            FUNCTION,
                            json.object()
                                    .add("name", tool.name())
                                    .add("description", tool.description())
                                    .add("parameters", json.value("tools.function.parameters", tool.parameters()))));
        }
        fields.add("tools", tools).add("parallel_tool_calls", request.parallelToolCalls());
        ToolChoice choice = request.toolChoice();
        if (choice instanceof ToolChoice.Named named) {
            fields.add(
                    "tool_choice",
                    json.object()
                            .add(TYPE, FUNCTION)
                            .add(FUNCTION, json.object().add("name", named.name())));
        } else if (choice == ToolChoice.REQUIRED) {
            fields.add("tool_choice", "required");
        } else if (choice == ToolChoice.NONE) {
            fields.add("tool_choice", "none");
        }
    }

    private void addFormat(JsonObjectBuilder fields, ResponseFormat format) {
        if (format == ResponseFormat.JSON_OBJECT) {
            fields.add("response_format", json.object().add(TYPE, "json_object"));
        } else if (format instanceof ResponseFormat.JsonSchema form) {
            fields.add(
                    "response_format",
                    json.object()
                            .add(TYPE, "json_schema")
                            .add(
                                    "json_schema",
                                    json.object().add("schema", json.value("response_format", form.schema()))));
        }
    }

    private void addParameters(JsonObjectBuilder fields, GenerateParameters parameters) {
        for (Parameter parameter : Parameter.values()) {
            if (parameters.has(parameter)) {
                String name = parameter.wireName();
                switch (parameter.type()) {
                    case NUMBER -> fields.add(name, parameters.number(parameter));
                    case WHOLE -> fields.add(name, parameters.whole(parameter));
                    case BOOLEAN -> fields.add(name, parameters.truth(parameter));
                    case TEXT -> fields.add(name, parameters.grammar().orElseThrow());
                    case LIST -> fields.add(name, list(parameter, parameters));
                }
            }
        }
    }

    private JsonArrayBuilder list(Parameter parameter, GenerateParameters parameters) {
        JsonArrayBuilder list = json.list();
        switch (parameter) {
            case STOP -> parameters.stop().forEach(list::add);
            case DRY_SEQUENCE_BREAKERS ->
                parameters.drySequenceBreakers().orElseThrow().forEach(list::add);
            case SAMPLERS ->
                parameters.samplers().orElseThrow().stream()
                        .map(Sampler::wireName)
                        .forEach(list::add);
            case LORA -> {
                for (LoraScale adapter : parameters.lora()) {
                    list.add(json.object().add("id", adapter.id()).add("scale", adapter.scale()));
                }
            }
            case LOGIT_BIAS -> parameters.logitBias().forEach(entry -> list.add(bias(entry)));
            default -> throw new IllegalArgumentException(parameter + " is no list");
        }
        return list;
    }

    private JsonArrayBuilder bias(LogitBias entry) {
        JsonArrayBuilder pair = json.list();
        if (entry instanceof LogitBias.OfToken one) {
            pair.add(one.token());
        } else if (entry instanceof LogitBias.OfText text) {
            pair.add(text.text());
        }
        return entry.bias() == LogitBias.BANNED ? pair.add(false) : pair.add(entry.bias());
    }

    /** Vectors come as their bytes: as numbers they would be twice as long, and slow to read. */
    JsonObject embed(EmbeddingRequest request) {
        JsonArrayBuilder inputs = json.list();
        for (EmbeddingRequest.Input input : request.inputs()) {
            if (input instanceof EmbeddingRequest.Text text) {
                inputs.add(text.text());
            } else if (input instanceof EmbeddingRequest.Tokens tokens) {
                inputs.add(json.numbers(tokens.ids()));
            }
        }
        JsonObjectBuilder fields = json.object();
        request.model().ifPresent(model -> fields.add("model", model));
        fields.add("input", inputs).add("normalize", request.normalize()).add("encoding_format", "base64");
        request.timeout().ifPresent(timeout -> fields.add("timeout", seconds(timeout)));
        return fields.build();
    }

    JsonObject rerank(RerankRequest request) {
        JsonObjectBuilder fields = json.object();
        request.model().ifPresent(model -> fields.add("model", model));
        fields.add("query", request.query()).add("documents", json.texts(request.documents()));
        request.topN().ifPresent(count -> fields.add("top_n", count));
        request.timeout().ifPresent(timeout -> fields.add("timeout", seconds(timeout)));
        return fields.build();
    }
}
