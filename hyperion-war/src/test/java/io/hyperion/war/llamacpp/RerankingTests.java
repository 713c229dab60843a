package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.Timings;
import io.hyperion.war.json.JsonInput;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Reranking")
class RerankingTests {
    private final List<RerankRequest> requests = new ArrayList<>();
    private final HyperionClient client = (HyperionClient) Proxy.newProxyInstance(
            HyperionClient.class.getClassLoader(),
            new Class<?>[] {HyperionClient.class},
            (proxy, method, arguments) -> {
                requests.add((RerankRequest) arguments[0]);
                return new RerankReply(
                        "judge",
                        List.of(new RerankReply.Result(1, 2.5f), new RerankReply.Result(0, -1f)),
                        12,
                        new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO));
            });

    @Test
    @DisplayName("of documents is answered in the form of Jina's API")
    void documents() {
        assertThat(answer("{'query':'q','documents':['a','b'],'top_n':2,'model':'judge','timeout':2.5}"))
                .isEqualTo(
                        "{\"model\":\"judge\",\"object\":\"list\",\"usage\":{\"prompt_tokens\":12,\"total_tokens\":12},"
                                + "\"results\":[{\"index\":1,\"relevance_score\":2.5},{\"index\":0,\"relevance_score\":-1.0}],"
                                + "\"timings\":{\"prompt_ms\":0.0,\"queue_ms\":0.0}}");
        RerankRequest request = requests.get(0);
        assertThat(request.query()).isEqualTo("q");
        assertThat(request.documents()).containsExactly("a", "b");
        assertThat(request.topN()).hasValue(2);
        assertThat(request.model()).hasValue("judge");
        assertThat(request.timeout()).hasValue(Duration.ofMillis(2500));
    }

    @Test
    @DisplayName("of texts is answered in the form of Text Embeddings Inference, with the texts if they are wanted")
    void texts() {
        assertThat(answer("{'query':'q','texts':['a','b']}"))
                .isEqualTo("[{\"index\":1,\"score\":2.5},{\"index\":0,\"score\":-1.0}]");
        assertThat(answer("{'query':'q','texts':['a','b'],'return_text':true}"))
                .isEqualTo("[{\"index\":1,\"score\":2.5,\"text\":\"b\"},{\"index\":0,\"score\":-1.0,\"text\":\"a\"}]");
    }

    private String answer(String json) {
        return Reranking.scores(client, JsonInput.object(json.replace('\'', '"')), Optional.empty())
                .toString();
    }
}
