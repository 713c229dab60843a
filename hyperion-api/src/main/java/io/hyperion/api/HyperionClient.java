package io.hyperion.api;

import java.util.List;
import java.util.Optional;
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
     * Renders a conversation by the template that {@link #generate} would use, with the tools that it would tell of, and generates
     * nothing. Does not load the model.
     *
     * @param request the conversation; a raw prompt is given back as it is
     * @return the prompt as text
     * @throws ModelNotFoundException if the request names a model that does not exist
     * @throws ModelUnavailableException if the model cannot be served
     * @throws InvalidRequestException if the request does not fit the model or its template
     */
    String render(GenerateRequest request);

    /**
     * Turns text into the tokens of a model. Loads the model first if need be, and waits for that.
     *
     * @param request the text
     * @return its tokens
     * @throws ModelNotFoundException if the request names a model that does not exist
     * @throws ModelUnavailableException if the model cannot be loaded
     * @throws BusyException if the model is being loaded, and too many wait for it
     * @throws GenerationCancelledException if the waiting thread was interrupted; its interrupt status is set again
     */
    TokenizeReply tokenize(TokenizeRequest request);

    /**
     * Turns tokens into text: the pieces of all tokens, control tokens by their names, one after the other. What is no UTF-8, such as a
     * part of a character, becomes U+FFFD. Loads the model first if need be, and waits for that.
     *
     * @param request the tokens
     * @return the text
     * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}, parameter {@code tokens}) if the model has no such token
     * @throws ModelNotFoundException if the request names a model that does not exist
     * @throws ModelUnavailableException if the model cannot be loaded
     * @throws BusyException if the model is being loaded, and too many wait for it
     * @throws GenerationCancelledException if the waiting thread was interrupted; its interrupt status is set again
     */
    String detokenize(DetokenizeRequest request);

    /**
     * Saves what the cache holds of the last request of a slot to a file, so that it need not be evaluated again, even after a restart.
     * Files are in the model's {@code slot-save-path}.
     *
     * @param model the model's name; empty for the default model
     * @param slot the slot, as {@link GenerateReply#slot()} told it
     * @param fileName the name of the file: letters, digits, {@code .}, {@code _} and {@code -}; one that is there is replaced
     * @return what was saved
     * @throws ModelNotFoundException if there is no such model
     * @throws InvalidRequestException if there is no such slot ({@link ErrorCode#OUT_OF_RANGE}), it has nothing in the cache any more
     *     ({@link ErrorCode#EMPTY_SLOT}), the name is not allowed ({@link ErrorCode#INVALID_FILE_NAME}) or the model saves nothing
     *     ({@link ErrorCode#SAVING_IS_OFF})
     * @throws EngineException if the file cannot be written
     */
    SlotReply saveSlot(Optional<String> model, int slot, String fileName);

    /**
     * Fills the cache from a file: the next request whose prompt begins with its tokens, in whatever slot, goes on from there.
     *
     * @param model the model's name; empty for the default model
     * @param slot the slot that it counts for when it is saved or erased
     * @param fileName the name of the file
     * @return what was restored
     * @throws ModelNotFoundException if there is no such model
     * @throws InvalidRequestException as {@link #saveSlot}; or if the file is not there, is damaged, or is of another model or adapters
     *     ({@link ErrorCode#UNUSABLE_FILE})
     * @throws BusyException if requests under way leave no room for it
     */
    SlotReply restoreSlot(Optional<String> model, int slot, String fileName);

    /**
     * Forgets what the cache holds of the last request of a slot, as far as no other sequence has it too.
     *
     * @param model the model's name; empty for the default model
     * @param slot the slot
     * @return how many tokens of it were cached
     * @throws ModelNotFoundException if there is no such model
     * @throws InvalidRequestException if there is no such slot ({@link ErrorCode#OUT_OF_RANGE})
     */
    int eraseSlot(Optional<String> model, int slot);

    /**
     * What the slots of a model are doing. Neither loads the model nor waits for it.
     *
     * @param model the model's name; empty for the default model
     * @return all of its slots, in their order; none if the model does not generate text, or cannot be loaded
     * @throws ModelNotFoundException if there is no such model
     */
    List<SlotInfo> slots(Optional<String> model);

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

    /**
     * What a model did and does: for monitoring. Does not load it.
     *
     * @param model the model's name
     * @return its figures
     * @throws ModelNotFoundException if there is none of that name
     */
    ModelFigures figures(String model);
}
