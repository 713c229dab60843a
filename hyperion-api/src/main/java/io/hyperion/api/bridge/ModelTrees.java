package io.hyperion.api.bridge;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.RequestOutcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** What models are, and what they did. */
final class ModelTrees {
    private static final String NAME = "name";
    private static final String IS_DEFAULT = "is_default";
    private static final String STATE = "state";
    private static final String REASON = "reason";
    private static final String CONTEXT_SIZE = "context_size";
    private static final String SLOTS = "slots";
    private static final String FILE_NAME = "file_name";
    private static final String DETAILS = "details";
    private static final String ARCHITECTURE = "architecture";
    private static final String TITLE = "title";
    private static final String QUANTIZATION = "quantization";
    private static final String PARAMETERS = "parameters";
    private static final String TRAINED_CONTEXT_LENGTH = "trained_context_length";
    private static final String VOCABULARY_SIZE = "vocabulary_size";
    private static final String FILE_SIZE = "file_size";
    private static final String HAS_CHAT_TEMPLATE = "has_chat_template";
    private static final String MODEL = "model";
    private static final String ENGINE = "engine";
    private static final String REQUEST_LIMIT = "request_limit";
    private static final String CHAT_TEMPLATE = "chat_template";
    private static final String BEGIN_TOKEN = "begin_token";
    private static final String END_TOKEN = "end_token";
    private static final String POOLING = "pooling";
    private static final String DEFAULTS = "defaults";
    private static final String REQUESTS = "requests";
    private static final String QUEUED = "queued";
    private static final String BUSY_SEQUENCES = "busy_sequences";
    private static final String CACHED_SEQUENCES = "cached_sequences";
    private static final String USED_CELLS = "used_cells";
    private static final String CELLS = "cells";
    private static final String PROMPT_TOKENS = "prompt_tokens";
    private static final String CACHED_TOKENS = "cached_tokens";
    private static final String COMPLETION_TOKENS = "completion_tokens";
    private static final String PROMPT_TIME = "prompt_time";
    private static final String GENERATION_TIME = "generation_time";
    private static final String STEPS = "steps";
    private static final String STEP_TIME = "step_time";
    private static final String STEP_SEQUENCES = "step_sequences";

    private ModelTrees() {}

    static Map<String, Object> tree(ModelInfo info) {
        return new Tree()
                .put(NAME, info.name())
                .put(IS_DEFAULT, info.isDefault())
                .put(STATE, info.state().wireName())
                .put(REASON, info.reason())
                .put(CONTEXT_SIZE, info.contextSize())
                .put(SLOTS, info.slots())
                .put(FILE_NAME, info.fileName())
                .put(DETAILS, info.details().map(ModelTrees::tree))
                .map();
    }

    static ModelInfo readInfo(Fields fields) {
        return new ModelInfo(
                fields.text(NAME),
                fields.truth(IS_DEFAULT),
                state(fields.text(STATE)),
                fields.optionalText(REASON),
                fields.whole(CONTEXT_SIZE),
                fields.whole(SLOTS),
                fields.optionalText(FILE_NAME),
                fields.optionalNode(DETAILS).map(ModelTrees::readDetails));
    }

    /** A newer provider may know more states; whether a model of one serves, a request finds out. */
    private static ModelState state(String name) {
        return Arrays.stream(ModelState.values())
                .filter(state -> state.wireName().equals(name))
                .findFirst()
                .orElse(ModelState.READY);
    }

    private static Map<String, Object> tree(ModelInfo.Details details) {
        return new Tree()
                .put(ARCHITECTURE, details.architecture())
                .put(TITLE, details.title())
                .put(QUANTIZATION, details.quantization())
                .put(PARAMETERS, details.parameters())
                .put(TRAINED_CONTEXT_LENGTH, details.trainedContextLength())
                .put(VOCABULARY_SIZE, details.vocabularySize())
                .put(FILE_SIZE, details.fileSize())
                .put(HAS_CHAT_TEMPLATE, details.hasChatTemplate())
                .map();
    }

    private static ModelInfo.Details readDetails(Fields node) {
        return new ModelInfo.Details(
                node.text(ARCHITECTURE),
                node.optionalText(TITLE),
                node.text(QUANTIZATION),
                node.large(PARAMETERS),
                node.whole(TRAINED_CONTEXT_LENGTH),
                node.whole(VOCABULARY_SIZE),
                node.large(FILE_SIZE),
                node.truth(HAS_CHAT_TEMPLATE));
    }

    static Map<String, Object> tree(ModelProperties properties) {
        return new Tree()
                .put(MODEL, properties.model())
                .put(FILE_NAME, properties.fileName())
                .put(ENGINE, properties.engine())
                .put(CONTEXT_SIZE, properties.contextSize())
                .put(REQUEST_LIMIT, properties.requestLimit())
                .put(SLOTS, properties.slots())
                .put(CHAT_TEMPLATE, properties.chatTemplate())
                .put(BEGIN_TOKEN, properties.beginToken())
                .put(END_TOKEN, properties.endToken())
                .put(POOLING, properties.pooling())
                .put(DEFAULTS, ParameterTrees.tree(properties.defaults()))
                .map();
    }

    static ModelProperties readProperties(Fields fields) {
        return new ModelProperties(
                fields.text(MODEL),
                fields.text(FILE_NAME),
                fields.text(ENGINE),
                fields.whole(CONTEXT_SIZE),
                fields.whole(REQUEST_LIMIT),
                fields.whole(SLOTS),
                fields.optionalText(CHAT_TEMPLATE),
                fields.text(BEGIN_TOKEN),
                fields.text(END_TOKEN),
                fields.optionalText(POOLING),
                fields.optionalNode(DEFAULTS).map(ParameterTrees::read).orElseGet(GenerateParameters::none));
    }

    static Map<String, Object> tree(ModelFigures figures) {
        Map<String, Object> requests = new HashMap<>();
        figures.requests().forEach((outcome, count) -> requests.put(outcome.name(), count));
        return new Tree()
                .put(REQUESTS, requests)
                .put(QUEUED, figures.queued())
                .put(BUSY_SEQUENCES, figures.busySequences())
                .put(SLOTS, figures.slots())
                .put(CACHED_SEQUENCES, figures.cachedSequences())
                .put(USED_CELLS, figures.usedCells())
                .put(CELLS, figures.cells())
                .put(PROMPT_TOKENS, figures.promptTokens())
                .put(CACHED_TOKENS, figures.cachedTokens())
                .put(COMPLETION_TOKENS, figures.completionTokens())
                .put(PROMPT_TIME, figures.promptTime())
                .put(GENERATION_TIME, figures.generationTime())
                .put(STEPS, figures.steps())
                .put(STEP_TIME, figures.stepTime())
                .put(STEP_SEQUENCES, figures.stepSequences())
                .map();
    }

    static ModelFigures readFigures(Fields fields) {
        Map<RequestOutcome, Long> requests = new EnumMap<>(RequestOutcome.class);
        fields.optionalNode(REQUESTS).ifPresent(counts -> {
            for (RequestOutcome outcome : RequestOutcome.values()) {
                if (counts.has(outcome.name())) {
                    requests.put(outcome, counts.large(outcome.name()));
                }
            }
        });
        return new ModelFigures(
                requests,
                fields.whole(QUEUED),
                fields.whole(BUSY_SEQUENCES),
                fields.whole(SLOTS),
                fields.whole(CACHED_SEQUENCES),
                fields.whole(USED_CELLS),
                fields.whole(CELLS),
                fields.large(PROMPT_TOKENS),
                fields.large(CACHED_TOKENS),
                fields.large(COMPLETION_TOKENS),
                fields.duration(PROMPT_TIME),
                fields.duration(GENERATION_TIME),
                fields.large(STEPS),
                fields.duration(STEP_TIME),
                fields.large(STEP_SEQUENCES));
    }
}
