package io.hyperion.api.remote;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;

/** A way to have texts generated elsewhere. */
interface Transport {
    /**
     * Begins a generation. How it goes, and that it cannot even be sent, the call is told.
     *
     * @param request what to generate
     * @param call hears of it; its end, by whatever, ends the generation
     * @param pieces whether its pieces are wanted, and not the reply alone
     * @return how to cancel it
     */
    Generation begin(GenerateRequest request, Call call, boolean pieces);

    /** Closes the connections. All calls have ended. */
    void close();
}
