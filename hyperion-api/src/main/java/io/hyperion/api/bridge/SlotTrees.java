package io.hyperion.api.bridge;

import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import java.util.Map;
import java.util.OptionalInt;

/** What slots do, and what is saved of them. */
final class SlotTrees {
    private static final String SLOT = "slot";
    private static final String WORK = "work";
    private static final String PROMPT = "prompt";
    private static final String PROMPT_TOKENS = "prompt_tokens";
    private static final String COMPLETION = "completion";
    private static final String GENERATED_TOKENS = "generated_tokens";
    private static final String REMAINING_TOKENS = "remaining_tokens";
    private static final String PARAMETERS = "parameters";
    private static final String MODEL = "model";
    private static final String FILE_NAME = "file_name";
    private static final String TOKENS = "tokens";
    private static final String BYTES = "bytes";
    private static final String TIME = "time";

    private SlotTrees() {}

    static Map<String, Object> tree(SlotInfo info) {
        return new Tree()
                .put(SLOT, info.slot())
                .put(WORK, info.work().map(SlotTrees::tree))
                .map();
    }

    private static Map<String, Object> tree(SlotInfo.Work work) {
        Tree tree = new Tree()
                .put(PROMPT, work.prompt())
                .put(PROMPT_TOKENS, work.promptTokens())
                .put(COMPLETION, work.completion())
                .put(GENERATED_TOKENS, work.generatedTokens())
                .put(PARAMETERS, ParameterTrees.tree(work.parameters()));
        work.remainingTokens().ifPresent(count -> tree.put(REMAINING_TOKENS, count));
        return tree.map();
    }

    static SlotInfo readInfo(Fields fields) {
        return new SlotInfo(fields.whole(SLOT), fields.optionalNode(WORK).map(SlotTrees::readWork));
    }

    private static SlotInfo.Work readWork(Fields node) {
        return new SlotInfo.Work(
                node.text(PROMPT),
                node.whole(PROMPT_TOKENS),
                node.whole(COMPLETION),
                node.whole(GENERATED_TOKENS),
                node.find(REMAINING_TOKENS, Integer.class).map(OptionalInt::of).orElseGet(OptionalInt::empty),
                ParameterTrees.read(node.node(PARAMETERS)));
    }

    static Map<String, Object> tree(SlotReply reply) {
        return new Tree()
                .put(MODEL, reply.model())
                .put(SLOT, reply.slot())
                .put(FILE_NAME, reply.fileName())
                .put(TOKENS, reply.tokens())
                .put(BYTES, reply.bytes())
                .put(TIME, reply.time())
                .map();
    }

    static SlotReply readReply(Fields fields) {
        return new SlotReply(
                fields.text(MODEL),
                fields.whole(SLOT),
                fields.text(FILE_NAME),
                fields.whole(TOKENS),
                fields.large(BYTES),
                fields.duration(TIME));
    }
}
