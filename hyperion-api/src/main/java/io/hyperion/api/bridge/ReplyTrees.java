package io.hyperion.api.bridge;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Progress;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenProbability;
import java.util.Arrays;
import java.util.Map;

/** What comes of a generation. */
final class ReplyTrees {
    private static final String MODEL = "model";
    private static final String PROMPT = "prompt";
    private static final String PROMPT_TOKENS = "prompt_tokens";
    private static final String CACHED_TOKENS = "cached_tokens";
    private static final String COMPLETION_TOKENS = "completion_tokens";
    private static final String SLOT = "slot";
    private static final String COMPLETIONS = "completions";
    private static final String TIMINGS = "timings";
    private static final String QUEUE = "queue";
    private static final String GENERATION = "generation";
    private static final String TEXT = "text";
    private static final String TOKENS = "tokens";
    private static final String FINISH_REASON = "finish_reason";
    private static final String STOP_STRING = "stop_string";
    private static final String TRUNCATED = "truncated";
    private static final String PROBABILITIES = "probabilities";
    private static final String TOKEN_IDS = "token_ids";
    private static final String TOOL_CALLS = "tool_calls";
    private static final String TOKEN = "token";
    private static final String BYTES = "bytes";
    private static final String LOG_PROBABILITY = "log_probability";
    private static final String TOP = "top";
    private static final String AFTER_SAMPLING = "after_sampling";

    private ReplyTrees() {}

    static Map<String, Object> tree(GenerateReply reply) {
        return new Tree()
                .put(MODEL, reply.model())
                .put(PROMPT, reply.prompt())
                .put(PROMPT_TOKENS, reply.promptTokens())
                .put(CACHED_TOKENS, reply.cachedTokens())
                .put(SLOT, reply.slot())
                .putAll(COMPLETIONS, reply.completions(), ReplyTrees::completion)
                .put(TIMINGS, tree(reply.timings()))
                .map();
    }

    static GenerateReply read(Fields fields) {
        return new GenerateReply(
                fields.text(MODEL),
                fields.text(PROMPT),
                fields.whole(PROMPT_TOKENS),
                fields.whole(CACHED_TOKENS),
                fields.find(SLOT, Integer.class).orElse(-1),
                fields.nodes(COMPLETIONS, ReplyTrees::readCompletion),
                readTimings(fields.node(TIMINGS)));
    }

    private static Map<String, Object> completion(Completion completion) {
        return new Tree()
                .put(TEXT, completion.text())
                .put(TOKENS, completion.tokens())
                .put(FINISH_REASON, completion.finishReason().wireName())
                .put(STOP_STRING, completion.stopString())
                .put(TRUNCATED, completion.truncated())
                .putAll(PROBABILITIES, completion.probabilities(), ReplyTrees::tree)
                .put(TOKEN_IDS, completion.tokenIds())
                .putAll(TOOL_CALLS, completion.toolCalls(), PromptTrees::call)
                .map();
    }

    private static Completion readCompletion(Fields node) {
        return new Completion(
                node.text(TEXT),
                node.whole(TOKENS),
                finishReason(node.text(FINISH_REASON)),
                node.optionalText(STOP_STRING),
                node.truth(TRUNCATED),
                node.nodes(PROBABILITIES, ReplyTrees::readProbability),
                node.list(TOKEN_IDS, Integer.class),
                node.nodes(TOOL_CALLS, PromptTrees::readCall));
    }

    /** A newer provider may know more reasons; all the same, the text ended. */
    private static FinishReason finishReason(String name) {
        return Arrays.stream(FinishReason.values())
                .filter(reason -> reason.wireName().equals(name))
                .findFirst()
                .orElse(FinishReason.STOP);
    }

    static Map<String, Object> tree(TokenProbability probability) {
        return new Tree()
                .put(TOKEN, probability.token())
                .put(TEXT, probability.text())
                .put(BYTES, probability.bytes())
                .put(LOG_PROBABILITY, probability.logProbability())
                .putAll(TOP, probability.top(), ReplyTrees::tree)
                .put(AFTER_SAMPLING, probability.afterSampling())
                .map();
    }

    static TokenProbability readProbability(Fields node) {
        return new TokenProbability(
                node.whole(TOKEN),
                node.text(TEXT),
                node.list(BYTES, Integer.class),
                node.number(LOG_PROBABILITY),
                node.nodes(TOP, ReplyTrees::readProbability),
                node.truth(AFTER_SAMPLING));
    }

    static Map<String, Object> tree(Progress progress) {
        return new Tree()
                .put(PROMPT_TOKENS, progress.promptTokens())
                .put(CACHED_TOKENS, progress.cachedTokens())
                .put(COMPLETION_TOKENS, progress.completionTokens())
                .put(TIMINGS, tree(progress.timings()))
                .map();
    }

    static Progress readProgress(Fields node) {
        return new Progress(
                node.whole(PROMPT_TOKENS),
                node.whole(CACHED_TOKENS),
                node.whole(COMPLETION_TOKENS),
                readTimings(node.node(TIMINGS)));
    }

    static Map<String, Object> tree(Timings timings) {
        return Map.of(QUEUE, timings.queue(), PROMPT, timings.prompt(), GENERATION, timings.generation());
    }

    static Timings readTimings(Fields node) {
        return new Timings(node.duration(QUEUE), node.duration(PROMPT), node.duration(GENERATION));
    }
}
