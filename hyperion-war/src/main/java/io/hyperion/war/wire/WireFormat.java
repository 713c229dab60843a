package io.hyperion.war.wire;

import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import java.util.Set;

/** One protocol's way to ask for a generation. */
public interface WireFormat {
    /** {@return the names of all fields that mean something, for hints at misspelled ones} */
    Set<String> fields();

    /**
     * @param fields what was sent
     * @return the call
     * @throws InvalidRequestException if it is not valid
     */
    WireCall read(Fields fields);
}
