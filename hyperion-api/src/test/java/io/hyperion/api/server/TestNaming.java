package io.hyperion.api.server;

import java.lang.reflect.Proxy;
import java.util.Hashtable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.naming.Context;
import javax.naming.NameClassPair;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.OperationNotSupportedException;
import javax.naming.spi.InitialContextFactory;

/** The JNDI of a server without a server: names and what is made at a look-up of them. Close it to have none again. */
public final class TestNaming implements InitialContextFactory, AutoCloseable {
    /** What JNDI makes of this class by its name must find these. */
    private static final Map<String, Supplier<Object>> BOUND = new ConcurrentHashMap<>();

    private static final List<String> LOOKED_UP = new CopyOnWriteArrayList<>();
    private static volatile Optional<NamingException> failure = Optional.empty();
    private static volatile Runnable beforeListing = () -> {};

    static TestNaming start() {
        BOUND.clear();
        LOOKED_UP.clear();
        failure = Optional.empty();
        beforeListing = () -> {};
        System.setProperty(Context.INITIAL_CONTEXT_FACTORY, TestNaming.class.getName());
        return new TestNaming();
    }

    @Override
    public void close() {
        System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
        BOUND.clear();
    }

    void bind(String name, Object object) {
        BOUND.put(name, () -> object);
    }

    void bindMade(String name, Supplier<Object> maker) {
        BOUND.put(name, maker);
    }

    void unbind(String name) {
        BOUND.remove(name);
    }

    /** From now on nothing can be looked up, as in a thread that the server does not know. */
    void failWith(NamingException why) {
        failure = Optional.of(why);
    }

    /** From now on this is done before names are listed. */
    void beforeListing(Runnable work) {
        beforeListing = work;
    }

    void work() {
        failure = Optional.empty();
    }

    /** {@return the names that were looked up, in their order} */
    List<String> lookedUp() {
        return LOOKED_UP;
    }

    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) {
        return (Context) Proxy.newProxyInstance(
                TestNaming.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (context, method, arguments) -> switch (method.getName()) {
                    case "lookup" -> lookUp((String) arguments[0]);
                    case "list" -> list((String) arguments[0]);
                    case "close" -> null;
                    default -> throw new OperationNotSupportedException(method.getName());
                });
    }

    private static Object lookUp(String name) throws NamingException {
        LOOKED_UP.add(name);
        fail();
        Supplier<Object> maker = BOUND.get(name);
        if (maker == null) {
            throw new NameNotFoundException(name + " is not bound");
        }
        return maker.get();
    }

    private static NamingEnumeration<NameClassPair> list(String context) throws NamingException {
        fail();
        beforeListing.run();
        Iterator<String> names = BOUND.keySet().stream()
                .filter(name -> name.startsWith(context + "/"))
                .map(name -> name.substring(context.length() + 1))
                .sorted()
                .iterator();
        return new NamingEnumeration<>() {
            @Override
            public NameClassPair next() {
                return new NameClassPair(names.next(), "java.lang.Object");
            }

            @Override
            public boolean hasMore() {
                return names.hasNext();
            }

            @Override
            public void close() {
                // Nothing is open.
            }

            @Override
            public boolean hasMoreElements() {
                return hasMore();
            }

            @Override
            public NameClassPair nextElement() {
                return next();
            }
        };
    }

    private static void fail() throws NamingException {
        if (failure.isPresent()) {
            throw failure.get();
        }
    }
}
