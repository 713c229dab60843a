package io.hyperion.api;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * The way to the models. Get one by {@code @Inject HyperionClient} in an application server, or from a model file with
 * {@code io.hyperion.core.client.InProcessClient} in plain Java SE.
 *
 * <pre>{@code
 * GenerateReply reply = client.generate(GenerateRequest.builder()
 *         .system("You are a helpful assistant.")
 *         .user("What do you know about dogs?")
 *         .temperature(0)
 *         .build());
 * }</pre>
 *
 * <p>Safe for use by many threads at once. Every method may throw, and every stream and stage may end with, a
 * {@link HyperionException}.
 */
public interface HyperionClient {
    /**
     * Generates and waits for the whole reply. An interrupt of the waiting thread cancels the generation.
     *
     * @param request what to generate
     * @return the reply
     * @throws ModelNotFoundException if the request names a model that does not exist
     * @throws ModelUnavailableException if the model cannot be loaded
     * @throws ContextExceededException if the prompt does not fit the model's context
     * @throws BusyException if the model's queue is full
     * @throws GenerationTimeoutException if the request's time-out is over
     * @throws GenerationCancelledException if the waiting thread was interrupted; its interrupt status is set again
     * @throws InvalidRequestException if the request does not fit the model, such as by its template
     * @throws EngineException if the engine failed
     */
    GenerateReply generate(GenerateRequest request);

    /**
     * Generates in the background.
     *
     * @param request what to generate
     * @return completes with the reply, or exceptionally with a {@link HyperionException}. Cancelling its
     *     {@link CompletionStage#toCompletableFuture() future} cancels the generation. Dependent actions without an executor of their
     *     own run in a thread of the engine and must not block.
     */
    CompletionStage<GenerateReply> generateAsync(GenerateRequest request);

    /**
     * Generates as a stream of {@link GenerateEvent.Piece pieces} and a final {@link GenerateEvent.Done}. Each subscription is a
     * generation of its own, begun when it is made. A subscriber that requests slowly gets the pieces that came meanwhile joined into
     * one, so that what waits for it never exceeds the text itself. Cancelling the subscription cancels the generation.
     *
     * @param request what to generate
     * @return the publisher
     */
    Flow.Publisher<GenerateEvent> stream(GenerateRequest request);

    /**
     * Generates and tells a listener.
     *
     * @param request what to generate
     * @param listener hears of the generation
     * @return a handle to cancel it
     * @throws HyperionException as {@link #generate} does, if the request is refused before it is queued; the listener then hears
     *     nothing
     */
    Generation stream(GenerateRequest request, GenerateListener listener);

    /**
     * Turns texts into vectors and waits for them. An interrupt of the waiting thread cancels the request.
     *
     * @param request the texts
     * @return a vector for each, in their order
     * @throws ModelNotFoundException if the request names a model that does not exist
     * @throws ModelUnavailableException if the model cannot be loaded
     * @throws ContextExceededException if a text is longer than the model's context; none of the texts is evaluated
     * @throws BusyException if the model's queue is full
     * @throws GenerationTimeoutException if the request's time-out is over
     * @throws GenerationCancelledException if the waiting thread was interrupted; its interrupt status is set again
     * @throws InvalidRequestException with {@link ErrorCode#NOT_SUPPORTED} if the model is not set up for embeddings
     * @throws EngineException if the engine failed
     */
    EmbeddingReply embed(EmbeddingRequest request);

    /**
     * Turns texts into vectors in the background.
     *
     * @param request the texts
     * @return completes with the vectors, or exceptionally with a {@link HyperionException}. Cancelling its
     *     {@link CompletionStage#toCompletableFuture() future} cancels the request. Dependent actions without an executor of their own
     *     run in a thread of the engine and must not block.
     */
    CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request);

    /**
     * Scores documents by how well they answer a query, and waits for the scores. An interrupt of the waiting thread cancels the
     * request.
     *
     * @param request the query and the documents
     * @return the scores, the best first
     * @throws ContextExceededException if the query and a document together are longer than the model's context
     * @throws InvalidRequestException with {@link ErrorCode#NOT_SUPPORTED} if the model is not made for reranking
     * @throws HyperionException as {@link #embed} does
     */
    RerankReply rerank(RerankRequest request);

    /**
     * Scores documents in the background.
     *
     * @param request the query and the documents
     * @return completes as that of {@link #embedAsync} does, with the scores
     */
    CompletionStage<RerankReply> rerankAsync(RerankRequest request);

    /** {@return all models, in the order of their names} */
    List<ModelInfo> models();

    /**
     * One model.
     *
     * @param name its name
     * @return the model
     * @throws ModelNotFoundException if there is none of that name
     */
    ModelInfo model(String name);
}
