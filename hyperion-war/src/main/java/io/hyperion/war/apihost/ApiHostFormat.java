package io.hyperion.war.apihost;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Parameter;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.ParameterFields;
import io.hyperion.war.wire.WholeAnswer;
import io.hyperion.war.wire.WireFormat;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Turns the fields of API Host's requests into a {@link GenerateRequest}.
 *
 * @param token hears of the access token, before anything else is read; throws if it is not accepted
 * @param client gives the caller's way to the models
 */
record ApiHostFormat(Consumer<Optional<String>> token, Supplier<HyperionClient> client) implements WireFormat {
    private static final Set<String> FIELDS =
            Set.of("token", "task", "repo_id", "file_name", "inputs", "parameters", "options");

    private static final Set<Parameter> SAME = EnumSet.of(Parameter.TEMPERATURE, Parameter.TOP_P);

    private static final String TASK = "text_generation";

    /** As API Host has it where nothing is said. */
    private static final int DEFAULT_MAX_TOKENS = 512;

    private static final List<String> CONTEXT_LENGTHS = List.of("ctx_lenght", "ctx_length");

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public WholeAnswer read(Fields fields) {
        token.accept(fields.text("token"));
        requireTask(fields.requireText("task"));
        String repository = fields.requireText("repo_id");
        String file = fields.requireText("file_name");
        GenerateRequest.Builder request = GenerateRequest.builder();
        Prompt prompt = Inputs.read(fields);
        Optional<String> template = fields.envelope("options").flatMap(ApiHostFormat::template);
        if (prompt instanceof Prompt.Chat chat) {
            request.messages(chat.messages());
            // A text has no use for one, and API Host's clients send it all the same.
            template.ifPresent(request::template);
        } else if (prompt instanceof Prompt.Raw raw) {
            request.prompt(raw.text());
        }
        request.parameters(parameters(fields.envelope("parameters")));
        request.model(ModelFiles.find(client.get(), repository, file));
        return new WholeAnswer(request.build(), reply -> Json.object()
                .add("answer", Json.object().add("content", reply.text()))
                .build());
    }

    private static void requireTask(String task) {
        if (!task.equals(TASK)) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    "task",
                    "Unknown 'task' '" + Excerpts.of(task) + "'; the only one is '" + TASK + "'");
        }
    }

    private static GenerateParameters parameters(Optional<Fields> given) {
        GenerateParameters.Builder parameters = GenerateParameters.builder().maxTokens(DEFAULT_MAX_TOKENS);
        if (given.isEmpty()) {
            return parameters.build();
        }
        Fields fields = given.get();
        ParameterFields.read(fields, SAME, parameters);
        // As llama-cpp-python takes them: of tokens and candidates below the smallest number there are all.
        fields.whole("top_k", -1, Integer.MAX_VALUE).ifPresent(value -> parameters.topK((int) Math.max(0, value)));
        long maxTokens = fields.whole("max_tokens", -1, Integer.MAX_VALUE).orElse(DEFAULT_MAX_TOKENS);
        parameters.maxTokens(maxTokens < 1 ? Integer.MAX_VALUE : (int) maxTokens);
        return parameters.build();
    }

    /** Where a model runs and how much it holds is the administrator's: {@code use_gpu} and the context are checked, and change nothing. */
    private static Optional<String> template(Fields options) {
        options.bool("use_gpu");
        CONTEXT_LENGTHS.forEach(name -> options.whole(name, 0, Integer.MAX_VALUE));
        return options.text("chat_format").filter(format -> !format.isEmpty()).map(ChatFormats::template);
    }
}
