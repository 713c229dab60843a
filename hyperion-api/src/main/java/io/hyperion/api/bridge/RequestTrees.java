package io.hyperion.api.bridge;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolChoice;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is asked of a model. */
final class RequestTrees {
    private static final String MODEL = "model";
    private static final String PROMPT = "prompt";
    private static final String PARAMETERS = "parameters";
    private static final String TEMPLATE = "template";
    private static final String TEMPLATE_VARIABLES = "template_variables";
    private static final String TIMEOUT = "timeout";
    private static final String CALLER = "caller";
    private static final String TOOLS = "tools";
    private static final String TOOL_CHOICE = "tool_choice";
    private static final String PARALLEL_TOOL_CALLS = "parallel_tool_calls";
    private static final String RESPONSE_FORMAT = "response_format";
    private static final String NAME = "name";
    private static final String DESCRIPTION = "description";
    private static final String MODE = "mode";
    private static final String SCHEMA = "schema";
    private static final String KIND = "kind";
    private static final String TEXT = "text";
    private static final String ADD_SPECIAL = "add_special";
    private static final String PARSE_SPECIAL = "parse_special";
    private static final String TOKENS = "tokens";
    private static final String INPUTS = "inputs";
    private static final String NORMALIZE = "normalize";
    private static final String QUERY = "query";
    private static final String DOCUMENTS = "documents";
    private static final String TOP_N = "top_n";

    private RequestTrees() {}

    static Map<String, Object> tree(GenerateRequest request) {
        return new Tree()
                .put(MODEL, request.model())
                .put(PROMPT, PromptTrees.tree(request.prompt()))
                .put(PARAMETERS, ParameterTrees.tree(request.parameters()))
                .put(TEMPLATE, request.template())
                .put(TEMPLATE_VARIABLES, JsonTrees.tree(TEMPLATE_VARIABLES, request.templateVariables()))
                .put(TIMEOUT, request.timeout())
                .put(CALLER, request.caller())
                .putAll(TOOLS, request.tools(), RequestTrees::tool)
                .put(TOOL_CHOICE, choice(request.toolChoice()))
                .put(PARALLEL_TOOL_CALLS, request.parallelToolCalls())
                .put(RESPONSE_FORMAT, format(request.responseFormat()))
                .map();
    }

    static GenerateRequest readGenerate(Fields fields) {
        GenerateRequest.Builder builder = GenerateRequest.builder()
                .prompt(PromptTrees.read(fields.node(PROMPT)))
                .tools(fields.nodes(TOOLS, RequestTrees::readTool));
        fields.optionalText(MODEL).ifPresent(builder::model);
        fields.optionalNode(PARAMETERS).map(ParameterTrees::read).ifPresent(builder::parameters);
        fields.optionalText(TEMPLATE).ifPresent(builder::template);
        fields.optionalNode(TEMPLATE_VARIABLES)
                .ifPresent(variables ->
                        JsonTrees.tree(TEMPLATE_VARIABLES, variables.values()).forEach(builder::templateVariable));
        fields.find(TIMEOUT, Duration.class).ifPresent(builder::timeout);
        fields.optionalText(CALLER).ifPresent(builder::caller);
        fields.optionalNode(TOOL_CHOICE).map(RequestTrees::readChoice).ifPresent(builder::toolChoice);
        fields.find(PARALLEL_TOOL_CALLS, Boolean.class).ifPresent(builder::parallelToolCalls);
        fields.optionalNode(RESPONSE_FORMAT).map(RequestTrees::readFormat).ifPresent(builder::responseFormat);
        return builder.build();
    }

    private static Map<String, Object> tool(Tool tool) {
        return Map.of(
                NAME,
                tool.name(),
                DESCRIPTION,
                tool.description(),
                PARAMETERS,
                JsonTrees.tree("tools.function.parameters", tool.parameters()));
    }

    private static Tool readTool(Fields node) {
        return new Tool(
                node.text(NAME),
                node.text(DESCRIPTION),
                JsonTrees.tree(
                        "tools.function.parameters", node.node(PARAMETERS).values()));
    }

    private static Map<String, Object> choice(ToolChoice choice) {
        if (choice instanceof ToolChoice.Named named) {
            return Map.of(NAME, named.name());
        }
        return Map.of(MODE, ((ToolChoice.Mode) choice).name().toLowerCase(Locale.ROOT));
    }

    private static ToolChoice readChoice(Fields node) {
        if (node.has(NAME)) {
            return new ToolChoice.Named(node.text(NAME));
        }
        String mode = node.text(MODE);
        return switch (mode) {
            case "auto" -> ToolChoice.AUTO;
            case "none" -> ToolChoice.NONE;
            case "required" -> ToolChoice.REQUIRED;
            default -> throw unknown(TOOL_CHOICE, mode);
        };
    }

    private static Map<String, Object> format(ResponseFormat format) {
        if (format instanceof ResponseFormat.JsonSchema json) {
            return Map.of(SCHEMA, JsonTrees.tree(RESPONSE_FORMAT, json.schema()));
        }
        return Map.of(KIND, ((ResponseFormat.Any) format).name().toLowerCase(Locale.ROOT));
    }

    private static ResponseFormat readFormat(Fields node) {
        if (node.has(SCHEMA)) {
            return new ResponseFormat.JsonSchema(
                    JsonTrees.tree(RESPONSE_FORMAT, node.node(SCHEMA).values()));
        }
        String kind = node.text(KIND);
        return switch (kind) {
            case "text" -> ResponseFormat.TEXT;
            case "json_object" -> ResponseFormat.JSON_OBJECT;
            default -> throw unknown(RESPONSE_FORMAT, kind);
        };
    }

    private static InvalidRequestException unknown(String parameter, String value) {
        return new InvalidRequestException(
                ErrorCode.UNKNOWN_VALUE,
                parameter,
                "The Hyperion of this server (" + Protocol.VERSION + ") knows no '" + parameter + "' of kind '"
                        + Excerpts.of(value) + "'");
    }

    static Map<String, Object> tree(TokenizeRequest request) {
        return new Tree()
                .put(MODEL, request.model())
                .put(TEXT, request.text())
                .put(ADD_SPECIAL, request.addSpecial())
                .put(PARSE_SPECIAL, request.parseSpecial())
                .map();
    }

    static TokenizeRequest readTokenize(Fields fields) {
        return new TokenizeRequest(
                fields.optionalText(MODEL), fields.text(TEXT), fields.truth(ADD_SPECIAL), fields.truth(PARSE_SPECIAL));
    }

    static Map<String, Object> tree(DetokenizeRequest request) {
        return new Tree()
                .put(MODEL, request.model())
                .put(TOKENS, request.tokens())
                .map();
    }

    static DetokenizeRequest readDetokenize(Fields fields) {
        return new DetokenizeRequest(fields.optionalText(MODEL), fields.list(TOKENS, Integer.class));
    }

    static Map<String, Object> tree(EmbeddingRequest request) {
        return new Tree()
                .put(MODEL, request.model())
                .putAll(INPUTS, request.inputs(), RequestTrees::input)
                .put(NORMALIZE, request.normalize())
                .put(TIMEOUT, request.timeout())
                .map();
    }

    private static Map<String, Object> input(EmbeddingRequest.Input input) {
        if (input instanceof EmbeddingRequest.Text text) {
            return Map.of(TEXT, text.text());
        }
        return Map.of(TOKENS, ((EmbeddingRequest.Tokens) input).ids());
    }

    static EmbeddingRequest readEmbedding(Fields fields) {
        EmbeddingRequest.Builder builder = EmbeddingRequest.builder();
        fields.optionalText(MODEL).ifPresent(builder::model);
        for (Fields input : fields.nodes(INPUTS, node -> node)) {
            Optional<String> text = input.optionalText(TEXT);
            if (text.isPresent()) {
                builder.text(text.get());
            } else {
                builder.tokens(input.list(TOKENS, Integer.class));
            }
        }
        fields.find(NORMALIZE, Boolean.class).ifPresent(builder::normalize);
        fields.find(TIMEOUT, Duration.class).ifPresent(builder::timeout);
        return builder.build();
    }

    static Map<String, Object> tree(RerankRequest request) {
        Tree tree = new Tree()
                .put(MODEL, request.model())
                .put(QUERY, request.query())
                .put(DOCUMENTS, request.documents())
                .put(TIMEOUT, request.timeout());
        request.topN().ifPresent(count -> tree.put(TOP_N, count));
        return tree.map();
    }

    static RerankRequest readRerank(Fields fields) {
        RerankRequest.Builder builder =
                RerankRequest.builder().query(fields.text(QUERY)).documents(fields.list(DOCUMENTS, String.class));
        fields.optionalText(MODEL).ifPresent(builder::model);
        fields.find(TOP_N, Integer.class).ifPresent(builder::topN);
        fields.find(TIMEOUT, Duration.class).ifPresent(builder::timeout);
        return builder.build();
    }
}
