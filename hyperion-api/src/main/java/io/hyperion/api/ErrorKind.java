package io.hyperion.api;

/** What went wrong, coarsely: what a protocol's status and a caller's reaction depend on. */
public enum ErrorKind {
    /** The request is wrong and will stay wrong: change it. */
    INVALID_REQUEST,
    /** What the request names does not exist. */
    NOT_FOUND,
    /** The prompt does not fit the model's context: shorten it. */
    CONTEXT_EXCEEDED,
    /** The caller is not known. */
    UNAUTHORISED,
    /** The caller is known but may not do this. */
    FORBIDDEN,
    /** Too much work at the moment: try again later. */
    BUSY,
    /** The model exists but cannot serve now, for the reason given. */
    UNAVAILABLE,
    /** The request took longer than it was allowed to. */
    TIMEOUT,
    /** The request was cancelled before it could give a reply. */
    CANCELLED,
    /** The engine failed; the log has the cause. */
    ENGINE_FAILURE
}
