package io.hyperion.api.bridge;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.RequestOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

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
    private static final String DESCRIPTION = "description";
    private static final String TEXT = "text";
    private static final String TAGS = "tags";
    private static final String ALIASES = "aliases";
    private static final String OPERATOR = "operator";
    private static final String SOURCE = "source";
    private static final String ORIGIN = "origin";
    private static final String LIFE = "life";
    private static final String INSTANCES = "instances";
    private static final String MIN_INSTANCES = "min_instances";
    private static final String MAX_INSTANCES = "max_instances";
    private static final String IDLE_TIMEOUT = "idle_timeout";
    private static final String PINNED = "pinned";
    private static final String ACTIVE_REQUESTS = "active_requests";
    private static final String LAST_USED = "last_used";
    private static final String MEMORY = "memory";
    private static final String WEIGHTS = "weights";
    private static final String CACHE = "cache";
    private static final String COMPUTE = "compute";
    private static final String DEVICE = "device";
    private static final String PROGRESS = "progress";
    private static final String FRACTION = "fraction";
    private static final String BYTES = "bytes";
    private static final String TOTAL_BYTES = "total_bytes";
    private static final String BYTES_PER_SECOND = "bytes_per_second";
    private static final String REMAINING = "remaining";

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
                .put(DESCRIPTION, tree(info.description()))
                .put(LIFE, tree(info.life()))
                .put(MEMORY, info.memory().map(ModelTrees::tree))
                .put(PROGRESS, info.progress().map(ModelTrees::tree))
                .put(DEFAULTS, ParameterTrees.tree(info.defaults()))
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
                fields.optionalNode(DETAILS).map(ModelTrees::readDetails),
                fields.optionalNode(DESCRIPTION)
                        .map(ModelTrees::readDescription)
                        .orElse(ModelInfo.Description.NONE),
                fields.optionalNode(LIFE).map(ModelTrees::readLife).orElse(ModelInfo.Life.NONE),
                fields.optionalNode(MEMORY).map(ModelTrees::readMemory),
                fields.optionalNode(PROGRESS).map(ModelTrees::readModelProgress),
                fields.optionalNode(DEFAULTS).map(ParameterTrees::read).orElseGet(GenerateParameters::none));
    }

    private static Map<String, Object> tree(ModelInfo.Description description) {
        return new Tree()
                .put(TEXT, description.text())
                .put(TAGS, description.tags())
                .put(ALIASES, description.aliases())
                .put(OPERATOR, description.operator())
                .put(SOURCE, description.source())
                .put(ORIGIN, description.origin().wireName())
                .map();
    }

    private static ModelInfo.Description readDescription(Fields node) {
        return new ModelInfo.Description(
                node.optionalText(TEXT),
                node.list(TAGS, String.class),
                node.list(ALIASES, String.class),
                node.optionalText(OPERATOR),
                node.optionalText(SOURCE),
                Arrays.stream(ModelInfo.Origin.values())
                        .filter(origin -> origin.wireName().equals(node.text(ORIGIN)))
                        .findFirst()
                        .orElse(ModelInfo.Origin.CONFIGURATION));
    }

    private static Map<String, Object> tree(ModelInfo.Life life) {
        return new Tree()
                .put(INSTANCES, life.instances())
                .put(MIN_INSTANCES, life.minInstances())
                .put(MAX_INSTANCES, life.maxInstances())
                .put(IDLE_TIMEOUT, life.idleTimeout())
                .put(PINNED, life.pinned())
                .put(ACTIVE_REQUESTS, life.activeRequests())
                .put(LAST_USED, life.lastUsed())
                .map();
    }

    private static ModelInfo.Life readLife(Fields node) {
        return new ModelInfo.Life(
                node.whole(INSTANCES),
                node.whole(MIN_INSTANCES),
                node.whole(MAX_INSTANCES),
                node.find(IDLE_TIMEOUT, Duration.class),
                node.truth(PINNED),
                node.whole(ACTIVE_REQUESTS),
                node.find(LAST_USED, Instant.class));
    }

    private static Map<String, Object> tree(ModelInfo.Memory memory) {
        return Map.of(
                WEIGHTS, memory.weights(), CACHE, memory.cache(), COMPUTE, memory.compute(), DEVICE, memory.device());
    }

    private static ModelInfo.Memory readMemory(Fields node) {
        return new ModelInfo.Memory(node.large(WEIGHTS), node.large(CACHE), node.large(COMPUTE), node.text(DEVICE));
    }

    static Map<String, Object> tree(ModelProgress progress) {
        return new Tree()
                .put(MODEL, progress.model())
                .put(STATE, progress.state().wireName())
                .put(
                        FRACTION,
                        progress.fraction().isPresent()
                                ? Optional.of(progress.fraction().getAsDouble())
                                : Optional.empty())
                .put(BYTES, progress.bytes())
                .put(
                        TOTAL_BYTES,
                        progress.totalBytes().isPresent()
                                ? Optional.of(progress.totalBytes().getAsLong())
                                : Optional.empty())
                .put(BYTES_PER_SECOND, progress.bytesPerSecond())
                .put(REMAINING, progress.remaining())
                .map();
    }

    static ModelProgress readModelProgress(Fields node) {
        return new ModelProgress(
                node.text(MODEL),
                state(node.text(STATE)),
                node.has(FRACTION) ? OptionalDouble.of(node.number(FRACTION)) : OptionalDouble.empty(),
                node.large(BYTES),
                node.has(TOTAL_BYTES) ? OptionalLong.of(node.large(TOTAL_BYTES)) : OptionalLong.empty(),
                node.large(BYTES_PER_SECOND),
                node.find(REMAINING, Duration.class));
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
