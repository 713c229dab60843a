package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Timings;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The result of a completion")
class CompletionCallTests {
    /** What the documentation of llama.cpp's server lists, the seed's names and those of version b4980. */
    private static final List<String> RESULT = List.of(
            "content",
            "tokens",
            "stop",
            "generation_settings",
            "model",
            "prompt",
            "stop_type",
            "stopped_eos",
            "stopped_limit",
            "stopped_word",
            "stopping_word",
            "has_new_line",
            "timings",
            "tokens_cached",
            "tokens_evaluated",
            "tokens_predicted",
            "truncated",
            "slot_id",
            "id_slot",
            "index");

    private static final List<String> OPTIONS = List.of(
            "n_ctx",
            "model",
            "temperature",
            "dynatemp_range",
            "dynatemp_exponent",
            "top_k",
            "top_p",
            "min_p",
            "n_predict",
            "max_tokens",
            "n_indent",
            "n_keep",
            "n_discard",
            "stream",
            "stop",
            "tfs_z",
            "typical_p",
            "repeat_penalty",
            "repeat_last_n",
            "penalize_nl",
            "presence_penalty",
            "frequency_penalty",
            "dry_multiplier",
            "dry_base",
            "dry_allowed_length",
            "dry_penalty_last_n",
            "dry_sequence_breakers",
            "xtc_probability",
            "xtc_threshold",
            "mirostat",
            "mirostat_tau",
            "mirostat_eta",
            "grammar",
            "seed",
            "ignore_eos",
            "logit_bias",
            "n_probs",
            "min_keep",
            "t_max_predict_ms",
            "id_slot",
            "slot_id",
            "cache_prompt",
            "return_tokens",
            "samplers",
            "timings_per_token",
            "post_sampling_probs",
            "lora");

    private final Session session = new Session();
    private GenerateParameters defaults = GenerateParameters.none();

    @Test
    @DisplayName("has every field of the documentation, and every option with the value that acted")
    void complete() {
        defaults = GenerateParameters.builder().temperature(0.25).topK(7).build();
        JsonObject result = result("{'prompt':'x','top_k':9}", completion("a\nb", FinishReason.STOP, Optional.empty()));
        JsonObject settings = result.getJsonObject("generation_settings");

        assertThat(result.keySet()).containsAll(RESULT);
        assertThat(settings.keySet()).containsAll(OPTIONS);
        assertThat(settings.getJsonNumber("temperature").doubleValue()).isEqualTo(0.25);
        assertThat(settings.getInt("top_k")).isEqualTo(9);
        assertThat(settings.getJsonNumber("top_p").doubleValue()).isEqualTo(0.95);
        assertThat(settings.getInt("n_ctx")).isEqualTo(128);
        assertThat(settings.getJsonArray("dry_sequence_breakers")).hasSize(4);
        assertThat(settings.getJsonArray("samplers")).isNotEmpty();
        assertThat(result.getBoolean("has_new_line")).isTrue();
        assertThat(result.getString("prompt")).isEqualTo("x");
        assertThat(result.getInt("tokens_evaluated")).isEqualTo(3);
        assertThat(result.getInt("tokens_cached")).isEqualTo(2);
        assertThat(result.getInt("slot_id")).isEqualTo(2);
        assertThat(result.getInt("id_slot")).isEqualTo(2);
    }

    @Test
    @DisplayName("tells the options in the form in which they were asked for")
    void settings() {
        String asked = "{\"n_predict\":4,\"temperature\":0.5,\"dry_sequence_breakers\":[\"a\"],\"mirostat\":1,"
                + "\"samplers\":[\"top_k\",\"typ_p\"],\"grammar\":\"root ::= x\",\"logit_bias\":[[5,1.5],[\"up\",false]],"
                + "\"ignore_eos\":true,\"lora\":[{\"id\":0,\"scale\":0.5}],\"seed\":3,\"stop\":[\"x\"],\"stream\":true}";
        JsonObject settings = result(
                        asked.replaceFirst("\\{", "{\"prompt\":\"x\","),
                        completion("a", FinishReason.STOP, Optional.empty()))
                .getJsonObject("generation_settings");

        assertThat(settings.entrySet())
                .containsAll(
                        Json.createReader(new StringReader(asked)).readObject().entrySet());
    }

    @Test
    @DisplayName("says why it ended in the older fields and the newer one alike")
    void ends() {
        JsonObject ended = result("{'prompt':'x'}", completion("a", FinishReason.STOP, Optional.empty()));
        assertThat(ended.getString("stop_type")).isEqualTo("eos");
        assertThat(ended.getBoolean("stopped_eos")).isTrue();

        JsonObject word = result("{'prompt':'x'}", completion("a", FinishReason.STOP, Optional.of("#")));
        assertThat(word.getString("stop_type")).isEqualTo("word");
        assertThat(word.getBoolean("stopped_eos")).isFalse();
        assertThat(word.getBoolean("stopped_word")).isTrue();
        assertThat(word.getString("stopping_word")).isEqualTo("#");

        JsonObject limit = result("{'prompt':'x'}", completion("a", FinishReason.LENGTH, Optional.empty()));
        assertThat(limit.getString("stop_type")).isEqualTo("limit");
        assertThat(limit.getBoolean("stopped_limit")).isTrue();
        assertThat(limit.getBoolean("truncated")).isFalse();

        JsonObject cancelled = result("{'prompt':'x'}", completion("a", FinishReason.CANCELLED, Optional.empty()));
        assertThat(cancelled.getString("stop_type")).isEqualTo("none");
    }

    @Test
    @DisplayName("of several prompts is a list in their order, and pieces tell whose they are")
    void several() {
        WireCall call = read("{'prompt':['x',[1,2]],'n':2}");
        JsonArray results = call.reply(List.of(
                        reply("x", completion("a", FinishReason.STOP, Optional.empty())),
                        reply("yz", completion("b", FinishReason.STOP, Optional.empty()))))
                .asJsonArray();

        assertThat(results.getJsonObject(0).getInt("index")).isZero();
        assertThat(results.getJsonObject(1).getInt("index")).isEqualTo(1);
        assertThat(results.getJsonObject(1).getString("content")).isEqualTo("b");
        assertThat(results.getJsonObject(1).getString("prompt"))
                .as("the text that the model was given, where tokens were sent")
                .isEqualTo("yz");
        assertThat(call.piece(1, new GenerateEvent.Piece("c", 1, 2, List.of(), List.of(), Optional.empty()))
                        .toString())
                .isEqualTo("{\"content\":\"c\",\"stop\":false,\"index\":1,\"completion\":1}");
    }

    @Test
    @DisplayName("of a stream has no text at its end, since that was told")
    void streamEnd() {
        WireCall call = read("{'prompt':'x','return_tokens':true}");
        GenerateReply reply = reply("x", completion("a", FinishReason.STOP, Optional.empty()));

        JsonObject end = call.streamEnd(List.of(reply)).get(0);
        assertThat(end.getString("content")).isEmpty();
        assertThat(end.getJsonArray("tokens")).isEmpty();
        JsonObject whole = call.reply(List.of(reply)).asJsonObject();
        assertThat(whole.getJsonArray("tokens").toString()).isEqualTo("[7]");
        assertThat(end.keySet()).isEqualTo(whole.keySet());
    }

    @Test
    @DisplayName("has the wanted fields only, those within others by their whole path")
    void responseFields() {
        JsonObject result = result(
                "{'prompt':'x','response_fields':['content','generation_settings/n_predict','timings/prompt_n','nope',"
                        + "'content/x','model/','']}",
                completion("a", FinishReason.STOP, Optional.empty()));

        assertThat(result.toString())
                .isEqualTo("{\"content\":\"a\",\"generation_settings/n_predict\":-1,\"timings/prompt_n\":1}");
    }

    @Test
    @DisplayName("is remembered: the next request of the session prefers its slot, unless it names one")
    void slot() {
        assertThat(preferred("{'prompt':'x'}")).isEqualTo(-1);
        read("{'prompt':'x'}").reply(List.of(reply("x", completion("a", FinishReason.STOP, Optional.empty()))));

        assertThat(preferred("{'prompt':'x'}")).isEqualTo(2);
        assertThat(preferred("{'prompt':'x','slot_id':-1,'id_slot':-1}")).isEqualTo(2);
        assertThat(preferred("{'prompt':'x','slot_id':3}")).isEqualTo(3);
        assertThat(preferred("{'prompt':'x','id_slot':1}")).isEqualTo(-1);
        assertThat(preferred("{'prompt':'x','model':'other'}")).isEqualTo(-1);
    }

    private int preferred(String json) {
        return read(json).requests().get(0).parameters().preferredSlot().orElse(-1);
    }

    private JsonObject result(String json, Completion completion) {
        return read(json).reply(List.of(reply("x", completion))).asJsonObject();
    }

    private WireCall read(String json) {
        return new CompletionFormat(Models.of(defaults), session, Optional.empty())
                .read(JsonInput.object(json.replace('\'', '"')));
    }

    private static Completion completion(String text, FinishReason reason, Optional<String> stop) {
        return new Completion(text, 1, reason, stop, false, List.of(), List.of(7), List.of());
    }

    private static GenerateReply reply(String prompt, Completion completion) {
        Timings timings = new Timings(Duration.ZERO, Duration.ofMillis(4), Duration.ofMillis(10));
        return new GenerateReply("tiny", prompt, 3, 2, 2, List.of(completion), timings);
    }
}
