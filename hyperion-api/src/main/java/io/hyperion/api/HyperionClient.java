package io.hyperion.api;

import io.hyperion.api.remote.RemoteClientBuilder;
import io.hyperion.api.server.JndiPools;
import io.hyperion.api.server.SelectedClient;
import io.hyperion.api.server.ServerModels;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * The way to the models. Get one by {@code @Inject HyperionClient} or {@link #lookup()} in an application server, of a server elsewhere
 * by {@link #builder()}, or from a model file with {@code io.hyperion.core.client.InProcessClient} in plain Java SE.
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
    /** How often {@link #converse(GenerateRequest, List)} runs tools. */
    int DEFAULT_TOOL_ROUNDS = 8;

    /** The largest accepted number of rounds of tools. */
    int MAX_TOOL_ROUNDS = 100;

    /**
     * The models of the application server that the caller runs in, for code without CDI, such as a servlet or an EJB. They are those that
     * {@code hyperion.war} serves, or where that is not deployed, those of the connection pools of {@code hyperion-ra.rar} in JNDI.
     *
     * <p>Nothing is looked up before the first request, and then again and again: Hyperion may be deployed, undeployed and redeployed while
     * the client is kept, which it should be, for as long as the application runs. While there is no Hyperion, calls fail with a
     * {@link ModelUnavailableException} ({@link ErrorCode#NOT_DEPLOYED}), whose message tells what was looked up and what was found there.
     *
     * <p>The system property {@code hyperion.pools}, or the environment variable {@code HYPERION_POOLS}, names the pools to look for, as
     * JNDI names with commas between them; without it they are {@code eis/hyperion} and all others below {@code eis} that begin with
     * {@code hyperion-}.
     *
     * @return the client
     */
    static HyperionClient lookup() {
        return ServerModels.client(JndiPools.ofSystem());
    }

    /**
     * The models of the application server, as {@link #lookup()} finds them, with a default model of the caller's choice: requests that
     * name no model go to it.
     *
     * @param model its name; that there is such a model is seen at the first request
     * @return the client
     * @throws InvalidRequestException ({@link ErrorCode#MISSING_FIELD}, parameter {@code model}) if the name is blank
     */
    static HyperionClient lookup(String model) {
        return new SelectedClient(lookup(), model);
    }

    /**
     * A client of a Hyperion elsewhere, by HTTP.
     *
     * @return a builder of it
     */
    static RemoteClientBuilder builder() {
        return new RemoteClientBuilder();
    }

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
     * Generates an object and waits for it. The type's JSON Schema is the form of the text, so that the model cannot write anything else,
     * and JSON-B reads it. The model is not told of the schema: the prompt should say what is wanted.
     *
     * <pre>{@code
     * public record Invoice(@NotBlank String number, LocalDate date, @Size(min = 1) List<Line> lines, Optional<String> note) {}
     *
     * Invoice invoice = client.generate(GenerateRequest.builder().user("Read this invoice: " + text).build(), Invoice.class);
     * }</pre>
     *
     * <p>Types are public records and beans, enums, lists, sets, arrays, maps with texts or enums as keys, {@code Optional}, texts,
     * numbers, truth values and those of {@code java.time}; the constraints of Bean Validation are part of the schema. Where it is an
     * application that calls, this needs the JSON-B of its server; in plain Java SE, Eclipse Yasson on the class path.
     *
     * @param request what to generate; without a {@link GenerateRequest#responseFormat()} and a grammar of its own, without tools unless
     *     they are {@link ToolChoice#NONE not to be called}, and with one text
     * @param type the class of the object
     * @param <T> the type of the object
     * @return the object
     * @throws UnreadableReplyException if the reply was cut short ({@link ErrorCode#INCOMPLETE_REPLY}), or its JSON is no such object
     *     ({@link ErrorCode#UNREADABLE_REPLY}), such as for a constructor that refuses it
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_SCHEMA}, parameter {@code response_format}) if a schema or the model's
     *     grammar cannot say the type, which the message names with its place; or as {@link #generate(GenerateRequest)}
     * @throws EngineException if there is no JSON-B; or as {@link #generate(GenerateRequest)}
     * @throws HyperionException as {@link #generate(GenerateRequest)} does
     */
    default <T> T generate(GenerateRequest request, Class<T> type) {
        return TypedReplies.generate(this, request, type);
    }

    /**
     * Generates an object of a type with type arguments, as {@link #generate(GenerateRequest, Class)} does.
     *
     * <pre>{@code
     * List<Invoice> invoices = client.generate(request, new TypeRef<List<Invoice>>() {});
     * }</pre>
     *
     * @param request what to generate
     * @param type the type of the object
     * @param <T> the type of the object
     * @return the object
     * @throws HyperionException as {@link #generate(GenerateRequest, Class)} does
     */
    default <T> T generate(GenerateRequest request, TypeRef<T> type) {
        return TypedReplies.generate(this, request, type);
    }

    /**
     * Lets the model call tools until it answers, at most {@value #DEFAULT_TOOL_ROUNDS} times, as
     * {@link #converse(GenerateRequest, List, int)} does.
     *
     * @param request the conversation so far
     * @param tools the tools
     * @return the answer, and how it came to it
     * @throws HyperionException as {@link #converse(GenerateRequest, List, int)} does
     */
    default Conversation converse(GenerateRequest request, List<JavaTool> tools) {
        return converse(request, tools, DEFAULT_TOOL_ROUNDS);
    }

    /**
     * Lets the model call tools until it answers. In a round the model is asked, the tools that it calls are run one after the other in
     * the calling thread, and what they give is added to the conversation.
     *
     * <pre>{@code
     * JavaTool weather = JavaTool.of("weather", "Tells the weather of a city", WeatherQuery.class, query -> service.forecast(query.city()));
     * String answer = client.converse(GenerateRequest.builder().user("Do I need an umbrella in Berlin?").build(), List.of(weather)).text();
     * }</pre>
     *
     * <p>A call that fails does not end the conversation: of a tool that does not exist, of arguments that do not fit, and of an exception
     * of the function the model is told as {@code {"error": "…"}}, and the last is logged too. {@link ToolChoice#REQUIRED} and a named tool
     * hold for the first round; from then on the model decides. After the last round the model is asked once more, without tools, so that
     * there is an answer. The request's time-out is that of the whole; what a function takes counts, but does not interrupt it.
     *
     * @param request the conversation so far, with one text; tools of its own, which a choice among them needs, must be some of the others
     * @param tools the tools that the model is told of, each of another name
     * @param maxRounds how often tools are run: 1 to {@value #MAX_TOOL_ROUNDS}
     * @return the answer, and how it came to it
     * @throws InvalidRequestException if an argument is not allowed; or as {@link #generate(GenerateRequest)}
     * @throws GenerationCancelledException if the thread was interrupted, or a function threw an {@link InterruptedException}; its
     *     interrupt status is set again
     * @throws GenerationTimeoutException if the request's time-out is over
     * @throws EngineException if there is no JSON-B; or as {@link #generate(GenerateRequest)}
     * @throws HyperionException as {@link #generate(GenerateRequest)} does
     */
    default Conversation converse(GenerateRequest request, List<JavaTool> tools, int maxRounds) {
        return ToolLoop.run(this, request, tools, maxRounds);
    }

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

    /**
     * What is set for a model and what its file says. Does not load the model.
     *
     * @param model the model's name; empty for the default model
     * @return its properties
     * @throws ModelNotFoundException if there is no such model
     * @throws ModelUnavailableException if the model cannot be served
     */
    ModelProperties properties(Optional<String> model);
}
