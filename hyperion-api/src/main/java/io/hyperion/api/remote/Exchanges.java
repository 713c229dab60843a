package io.hyperion.api.remote;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import jakarta.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Asks for what is answered as a whole. */
final class Exchanges {
    /** What the server knows without asking a model is told at once. */
    private static final Duration KNOWN = Duration.ofSeconds(60);

    private final HttpClient http;
    private final Endpoint endpoint;
    private final Json json;
    private final Failures failures;
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();

    Exchanges(HttpClient http, Endpoint endpoint, Json json, Failures failures) {
        this.http = http;
        this.endpoint = endpoint;
        this.json = json;
        this.failures = failures;
    }

    <R> CompletableFuture<R> get(String path, Function<Answer, R> reader) {
        return send(endpoint.request(path).GET().timeout(KNOWN), reader);
    }

    /** Cancelling the future closes the connection. */
    <R> CompletableFuture<R> post(
            String path, JsonObject body, Optional<Duration> timeout, Function<Answer, R> reader) {
        HttpRequest.Builder request = endpoint.request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()));
        timeout.ifPresent(request::timeout);
        return send(request, reader);
    }

    private <R> CompletableFuture<R> send(HttpRequest.Builder request, Function<Answer, R> reader) {
        CompletableFuture<HttpResponse<String>> exchange =
                http.sendAsync(request.build(), info -> new LimitedBody(endpoint.toString()));
        CompletableFuture<R> result = new CompletableFuture<>();
        underWay.add(result);
        exchange.whenComplete((response, failure) -> {
            try {
                if (failure != null) {
                    throw failures.thrown(failure);
                }
                result.complete(read(response, reader));
            } catch (HyperionException error) {
                result.completeExceptionally(error);
            } catch (RuntimeException | Error error) {
                // Nobody else would hear of it here.
                result.completeExceptionally(
                        new EngineException(ErrorCode.ENGINE_FAILURE, "The answer cannot be read: " + error, error));
            }
        });
        result.whenComplete((value, failure) -> {
            underWay.remove(result);
            exchange.cancel(true);
        });
        return result;
    }

    private <R> R read(HttpResponse<String> response, Function<Answer, R> reader) {
        boolean isJson = response.headers()
                .firstValue("Content-Type")
                .filter(type -> type.startsWith("application/json"))
                .isPresent();
        if (response.statusCode() != 200 || !isJson) {
            throw failures.answered(response.statusCode(), response.headers(), response.body());
        }
        return reader.apply(json.read(endpoint.toString(), response.body()));
    }

    void failAll(HyperionException error) {
        List.copyOf(underWay).forEach(result -> result.completeExceptionally(error));
    }
}
