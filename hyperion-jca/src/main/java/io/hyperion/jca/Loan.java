package io.hyperion.jca;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A connection for as long as a request has it.
 *
 * @param client the way to its model
 * @param slot its slot
 * @param end gives it back; told what the request failed with, if it did
 */
record Loan(HyperionClient client, int slot, Consumer<Optional<HyperionException>> end) {}
