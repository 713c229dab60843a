package io.hyperion.api;

/**
 * The stable codes of all errors that reach a caller. A code never changes its meaning; a retired one is not used again. The first
 * digit tells the {@link ErrorKind}; that of {@link ErrorKind#UNAUTHORISED} and {@link ErrorKind#FORBIDDEN} is the same.
 */
public enum ErrorCode {
    /** A required field is missing. */
    MISSING_FIELD("HYP-1001", ErrorKind.INVALID_REQUEST),
    /** A field has the wrong type. */
    WRONG_TYPE("HYP-1002", ErrorKind.INVALID_REQUEST),
    /** A number or a length is out of its range. */
    OUT_OF_RANGE("HYP-1003", ErrorKind.INVALID_REQUEST),
    /** A field has a value that is not one of the known ones. */
    UNKNOWN_VALUE("HYP-1004", ErrorKind.INVALID_REQUEST),
    /** Two fields exclude each other. */
    CONFLICT("HYP-1005", ErrorKind.INVALID_REQUEST),
    /** The body is not valid JSON. */
    INVALID_JSON("HYP-1006", ErrorKind.INVALID_REQUEST),
    /** A text is not valid: malformed UTF-8, an unpaired surrogate or a NUL character. */
    INVALID_TEXT("HYP-1007", ErrorKind.INVALID_REQUEST),
    /** The body or message is larger than the configured limit. */
    TOO_LARGE("HYP-1008", ErrorKind.INVALID_REQUEST),
    /** The prompt is empty. */
    EMPTY_PROMPT("HYP-1009", ErrorKind.INVALID_REQUEST),
    /** The prompt template is not known or cannot be used. */
    UNSUPPORTED_TEMPLATE("HYP-1010", ErrorKind.INVALID_REQUEST),
    /** The grammar is not valid, or too ambiguous to be followed. */
    INVALID_GRAMMAR("HYP-1011", ErrorKind.INVALID_REQUEST),
    /** The JSON Schema is not valid, says what a grammar cannot say, or has no value. */
    INVALID_SCHEMA("HYP-1013", ErrorKind.INVALID_REQUEST),
    /** The name of a file is none that is accepted. */
    INVALID_FILE_NAME("HYP-1021", ErrorKind.INVALID_REQUEST),
    /** The saved sequence is not there, is damaged, or is of another model. */
    UNUSABLE_FILE("HYP-1022", ErrorKind.INVALID_REQUEST),
    /** The model is not configured to save sequences. */
    SAVING_IS_OFF("HYP-1023", ErrorKind.INVALID_REQUEST),
    /** The slot has nothing in the cache that could be saved. */
    EMPTY_SLOT("HYP-1024", ErrorKind.INVALID_REQUEST),
    /** The model is not set up for what is asked of it, such as a model that generates text for embeddings. */
    NOT_SUPPORTED("HYP-1012", ErrorKind.INVALID_REQUEST),
    /** The name of a model, or what is said of where its file comes from, is none that is accepted. */
    INVALID_NAME("HYP-1025", ErrorKind.INVALID_REQUEST),
    /** A model's file may not come from there when that is asked over the wire: from this machine, a private network, or a plain file. */
    FORBIDDEN_SOURCE("HYP-1026", ErrorKind.INVALID_REQUEST),
    /** There is a model of that name already. */
    MODEL_EXISTS("HYP-1027", ErrorKind.INVALID_REQUEST),
    /** The parameter is one of how a model is loaded, and would need it to be loaded anew. */
    NEEDS_RELOAD("HYP-1028", ErrorKind.INVALID_REQUEST),
    /** The model is kept elsewhere, in the configuration or a pool of the server, and cannot be changed here. */
    KEPT_ELSEWHERE("HYP-1029", ErrorKind.INVALID_REQUEST),
    /** No model has that name. */
    MODEL_NOT_FOUND("HYP-2001", ErrorKind.NOT_FOUND),
    /** The prompt is longer than the model's context. */
    CONTEXT_EXCEEDED("HYP-3001", ErrorKind.CONTEXT_EXCEEDED),
    /** The caller is not known. */
    UNAUTHORISED("HYP-4001", ErrorKind.UNAUTHORISED),
    /** The caller is known but may not do this, such as use that model. */
    FORBIDDEN("HYP-4002", ErrorKind.FORBIDDEN),
    /** The queue of the model is full. */
    QUEUE_FULL("HYP-5001", ErrorKind.BUSY),
    /** The connection has too many requests under way. */
    TOO_MANY_REQUESTS("HYP-5002", ErrorKind.BUSY),
    /** All connections of the model's pool are in use, and the pool's own time-out is over. */
    POOL_EXHAUSTED("HYP-5003", ErrorKind.BUSY),
    /** Models that are in use have the memory that the model needs. */
    NO_ROOM("HYP-5004", ErrorKind.BUSY),
    /** The model could not be loaded. */
    MODEL_FAILED("HYP-6001", ErrorKind.UNAVAILABLE),
    /** The model or the server is shutting down. */
    SHUTTING_DOWN("HYP-6002", ErrorKind.UNAVAILABLE),
    /** The request waited too long for a slot. */
    QUEUE_TIMEOUT("HYP-6003", ErrorKind.UNAVAILABLE),
    /** Hyperion is not deployed in this server, or not yet. */
    NOT_DEPLOYED("HYP-6004", ErrorKind.UNAVAILABLE),
    /** The remote server cannot be reached, or the connection to it broke. */
    UNREACHABLE("HYP-6005", ErrorKind.UNAVAILABLE),
    /** The model needs more memory than the device has, or may be used. */
    MEMORY_EXCEEDED("HYP-6006", ErrorKind.UNAVAILABLE),
    /** The model's file could not be downloaded. */
    DOWNLOAD_FAILED("HYP-6007", ErrorKind.UNAVAILABLE),
    /** The request's time is over. */
    TIMEOUT("HYP-7001", ErrorKind.TIMEOUT),
    /** The request was cancelled. */
    CANCELLED("HYP-8001", ErrorKind.CANCELLED),
    /** The engine failed. */
    ENGINE_FAILURE("HYP-9001", ErrorKind.ENGINE_FAILURE),
    /** The reply ended before the object that it was to give was complete. */
    INCOMPLETE_REPLY("HYP-9002", ErrorKind.ENGINE_FAILURE),
    /** The reply is not the object that it was to give. */
    UNREADABLE_REPLY("HYP-9003", ErrorKind.ENGINE_FAILURE),
    /** What answers at the address of the remote server is not Hyperion, or its answer is damaged. */
    FOREIGN_ANSWER("HYP-9004", ErrorKind.ENGINE_FAILURE);

    private final String code;
    private final ErrorKind kind;

    ErrorCode(String code, ErrorKind kind) {
        this.code = code;
        this.kind = kind;
    }

    /** {@return the code as it appears on the wire and in the log, such as {@code HYP-1003}} */
    public String code() {
        return code;
    }

    /** {@return the kind that all errors of this code are of} */
    public ErrorKind kind() {
        return kind;
    }
}
