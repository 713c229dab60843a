import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What Open Liberty's MBeans tell of a connection pool, and its flush, on the command line; the server has the features localConnector-1.0
 * and monitor-1.0, and runs on this machine, by the same user:
 *
 * <pre>java Pool.java (server directory) (JNDI name) statistics|flush</pre>
 */
public final class Pool {
    private static final String STATISTICS = "WebSphere:type=ConnectionPoolStats,name=%s";
    private static final String MANAGER = "WebSphere:type=com.ibm.ws.jca.cm.mbean.ConnectionManagerMBean,jndiName=%s,*";

    private Pool() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3 || !List.of("statistics", "flush").contains(arguments[2])) {
            System.err.println("Usage: java Pool.java <server directory> <JNDI name> statistics|flush");
            System.exit(2);
        }
        String address = Files.readString(Path.of(arguments[0], "logs/state/com.ibm.ws.jmx.local.address"));
        boolean flush = arguments[2].equals("flush");
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address.trim()))) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            ObjectName pattern = new ObjectName((flush ? MANAGER : STATISTICS).formatted(arguments[1]));
            Set<ObjectName> names = server.queryNames(pattern, null);
            if (names.isEmpty()) {
                System.err.println("There is no pool " + arguments[1] + ", or no request has used it yet.");
                System.exit(1);
            }
            for (ObjectName name : names) {
                if (flush) {
                    // Those in use are closed when they are given back.
                    server.invoke(name, "purgePoolContents", new Object[] {"normal"}, new String[] {"java.lang.String"});
                } else {
                    tell(server, name);
                }
            }
        }
    }

    private static void tell(MBeanServerConnection server, ObjectName name) throws Exception {
        TreeMap<String, Object> told = new TreeMap<>();
        for (var attribute : server.getMBeanInfo(name).getAttributes()) {
            Object value = server.getAttribute(name, attribute.getName());
            if (value instanceof CompositeData details) {
                // Of the times: how many were measured.
                told.put(attribute.getName().replace("Details", "Count"), details.get("count"));
            } else {
                told.put(attribute.getName(), value);
            }
        }
        told.forEach((key, value) -> System.out.println(key + " = " + value));
    }
}
