package io.hyperion.examples.assistant;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import java.util.Set;

/** Puts the resources below {@code /api}; the page itself is a static file. */
@ApplicationPath("api")
public class AssistantApplication extends Application {
    /** {@return all that belongs to the API: not every server looks for providers by itself in an application that has methods} */
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                DeskResource.class, InquiryReader.class, InvalidInquiries.class, HyperionErrors.class, HangUps.class);
    }

    /** {@return what Jersey must be told; other implementations do not know this name} */
    @Override
    public Map<String, Object> getProperties() {
        // Else a stream waits in a buffer and arrives at its end.
        return Map.of("jersey.config.server.contentLength.buffer", 0);
    }
}
