package io.hyperion.bench.border.server;

import io.hyperion.jca.HyperionConnectionFactory;
import jakarta.resource.ResourceException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.util.StringJoiner;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** How long it takes to borrow a connection of a pool and to give it back. Its application sees the classes of the resource adapter. */
@Path("border/borrowing")
@Produces("text/plain")
public class BorrowTimes {
    /** Where the pool is in JNDI: not where Hyperion looks for pools, or it would serve its model too. */
    public static final String POOL = "bench/hyperion";

    /**
     * Borrows and gives back, many times.
     *
     * @param count how often
     * @return the nanoseconds of each, with line breaks between them
     * @throws NamingException if there is no pool
     * @throws ResourceException if it gives no connection
     */
    @GET
    public String measure(@QueryParam("count") int count) throws NamingException, ResourceException {
        HyperionConnectionFactory pool = (HyperionConnectionFactory) new InitialContext().lookup(POOL);
        StringJoiner nanos = new StringJoiner("\n");
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            pool.getConnection().close();
            nanos.add(Long.toString(System.nanoTime() - begin));
        }
        return nanos.toString();
    }
}
