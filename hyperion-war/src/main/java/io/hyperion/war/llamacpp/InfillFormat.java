package io.hyperion.war.llamacpp;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.WireCall;
import io.hyperion.war.wire.WireFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the fields of an {@code infill} request into the request to fill a gap. */
final class InfillFormat implements WireFormat {
    private static final String EXTRA = "input_extra";

    private static final Set<String> FIELDS = Stream.concat(
                    CompletionOptions.FIELDS.stream(),
                    Stream.of("input_prefix", "input_suffix", EXTRA, CompletionFormat.PROMPT))
            .collect(Collectors.toUnmodifiableSet());

    /** What llama.cpp's server calls a file whose name it is not told. */
    private static final String UNNAMED = "tmp";

    private final HyperionClient client;
    private final Session session;
    private final Optional<String> model;

    /**
     * @param client the caller's way to the models
     * @param session what is remembered of the caller
     * @param model the model of requests that name none; empty for the default one
     */
    InfillFormat(HyperionClient client, Session session, Optional<String> model) {
        this.client = client;
        this.session = session;
        this.model = model;
    }

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public WireCall read(Fields fields) {
        Prompt.Infill gap = new Prompt.Infill(
                fields.requireText("input_prefix"),
                fields.requireText("input_suffix"),
                fields.text(CompletionFormat.PROMPT).orElse(""),
                fields.objects(EXTRA).orElse(List.of()).stream()
                        .map(InfillFormat::extra)
                        .toList());
        GenerateRequest.Builder builder = GenerateRequest.builder().prompt(gap);
        ModelName.of(fields, model).ifPresent(builder::model);
        CompletionOptions.read(fields, builder);
        GenerateRequest request = CompletionFormat.withSlot(builder.build(), session);
        return new CompletionCall(
                client, session, List.of(request), List.of(gap), fields.bool("stream"), ResponseFields.read(fields));
    }

    private static Prompt.Extra extra(Fields file) {
        return new Prompt.Extra(file.text("filename").orElse(UNNAMED), file.requireText("text"));
    }
}
