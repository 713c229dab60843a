package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

@DisplayName("The archive of the adapter")
class AdapterArchiveIT {
    private static final Path ARCHIVE = Path.of(System.getProperty("hyperion.rar"));

    /** What {@code ra.xml} says of a property. */
    private record Described(String type, String value, String description) {}

    @Test
    @DisplayName("holds the descriptor and five jars, and no library that a server could load by itself")
    void holdsJars() throws IOException {
        assertThat(names(Files.newInputStream(ARCHIVE)).stream()
                        .map(name -> name.replaceAll("-[0-9][^/]*\\.jar", ".jar")))
                .containsExactlyInAnyOrder(
                        "META-INF/",
                        "META-INF/MANIFEST.MF",
                        "META-INF/ra.xml",
                        "hyperion-api.jar",
                        "hyperion-core.jar",
                        "hyperion-jca.jar",
                        "jna.jar",
                        "llama.jar");
    }

    @Test
    @DisplayName("holds nothing for CDI, no descriptor in a jar, and no class of Jakarta EE")
    void holdsNothingOfOthers() throws IOException {
        List<String> all = new ArrayList<>();
        try (ZipFile archive = new ZipFile(ARCHIVE.toFile())) {
            for (ZipEntry entry : archive.stream().toList()) {
                if (entry.getName().endsWith(".jar")) {
                    all.addAll(names(archive.getInputStream(entry)));
                }
            }
        }
        assertThat(all)
                .contains("io/hyperion/api/HyperionClient.class", "io/hyperion/jca/HyperionResourceAdapter.class")
                .noneMatch(name -> name.endsWith("beans.xml") || name.endsWith("ra.xml"))
                .noneMatch(name -> name.startsWith("io/hyperion/api/cdi/"))
                .noneMatch(name -> name.startsWith("META-INF/services/jakarta."))
                .noneMatch(name -> name.startsWith("jakarta/") || name.startsWith("javax/"));
    }

    private static List<String> names(InputStream zipped) throws IOException {
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(zipped)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }

    @Test
    @DisplayName(
            "describes the properties that the classes have, with their types and defaults, and a sentence for each")
    void describesProperties() throws Exception {
        Document descriptor = descriptor();
        assertThat(properties(descriptor, "resourceadapter"))
                .isEqualTo(Map.of("modelDir", "java.lang.String"))
                .isEqualTo(beanProperties(HyperionResourceAdapter.class));
        assertThat(properties(descriptor, "connection-definition"))
                .isEqualTo(beanProperties(HyperionManagedConnectionFactory.class));
        Map<String, String> defaults = FactoryProperties.DEFAULTS.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
        Map<String, Described> described = described(descriptor, "connection-definition");
        assertThat(described.entrySet().stream()
                        .filter(entry -> !entry.getValue().value().isEmpty())
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().value())))
                .isEqualTo(defaults);
        assertThat(described.values()).allSatisfy(property -> assertThat(property.description())
                .hasSizeGreaterThan(40)
                .contains("Default: ")
                .endsWith("."));
    }

    @Test
    @DisplayName("names classes that are there and fit")
    void namesClasses() throws Exception {
        Document descriptor = descriptor();
        assertThat(text(descriptor, "resourceadapter-class")).isEqualTo(HyperionResourceAdapter.class.getName());
        assertThat(text(descriptor, "managedconnectionfactory-class"))
                .isEqualTo(HyperionManagedConnectionFactory.class.getName());
        assertThat(Class.forName(text(descriptor, "connectionfactory-impl-class")))
                .isAssignableTo(Class.forName(text(descriptor, "connectionfactory-interface")));
        assertThat(Class.forName(text(descriptor, "connection-impl-class")))
                .isAssignableTo(Class.forName(text(descriptor, "connection-interface")));
        assertThat(text(descriptor, "transaction-support")).isEqualTo("NoTransaction");
    }

    @Test
    @DisplayName("has classes without annotations of the connectors, which a server would take for another adapter")
    void hasNoAnnotations() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.hyperion.jca");
        ArchRuleDefinition.noClasses()
                .should()
                .beAnnotatedWith("jakarta.resource.spi.Connector")
                .orShould()
                .beAnnotatedWith("jakarta.resource.spi.ConnectionDefinition")
                .check(classes);
    }

    @Test
    @DisplayName(
            "is described in the documentation, property by property, with its default and in the descriptor's words")
    void isDocumented() throws Exception {
        String documentation = Files.readString(
                Path.of(System.getProperty("hyperion.docs"), "configuration.md"), StandardCharsets.UTF_8);
        Document descriptor = descriptor();
        List<String> rows = new ArrayList<>();
        for (String element : List.of("resourceadapter", "connection-definition")) {
            described(descriptor, element)
                    .forEach((name, property) -> rows.add("| `" + name + "` | "
                            + property.type().replace("java.lang.", "") + " | "
                            + property.description() + " |"));
        }
        assertThat(documentation.lines().toList()).containsAll(rows);
    }

    private static Document descriptor() throws Exception {
        try (ZipFile archive = new ZipFile(ARCHIVE.toFile())) {
            byte[] bytes =
                    archive.getInputStream(archive.getEntry("META-INF/ra.xml")).readAllBytes();
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
        }
    }

    private static Map<String, String> properties(Document descriptor, String element) {
        Map<String, String> types = new TreeMap<>();
        described(descriptor, element).forEach((name, property) -> types.put(name, property.type()));
        return types;
    }

    private static Map<String, Described> described(Document descriptor, String element) {
        Map<String, Described> described = new TreeMap<>();
        NodeList properties = descriptor.getElementsByTagName("config-property");
        for (int i = 0; i < properties.getLength(); i++) {
            Element property = (Element) properties.item(i);
            if (property.getParentNode().getNodeName().equals(element)) {
                described.put(
                        child(property, "config-property-name"),
                        new Described(
                                child(property, "config-property-type"),
                                child(property, "config-property-value"),
                                child(property, "description")));
            }
        }
        return described;
    }

    private static String child(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }

    private static String text(Document descriptor, String name) {
        return descriptor.getElementsByTagName(name).item(0).getTextContent();
    }

    /** Those that have both a getter and a setter of a type that connectors may have. */
    private static Map<String, String> beanProperties(Class<?> bean) throws IntrospectionException {
        return Arrays.stream(Introspector.getBeanInfo(bean).getPropertyDescriptors())
                .filter(property -> property.getReadMethod() != null && property.getWriteMethod() != null)
                .filter(property -> property.getPropertyType().getName().startsWith("java.lang."))
                .collect(Collectors.toMap(
                        PropertyDescriptor::getName,
                        property -> property.getPropertyType().getName(),
                        (one, other) -> one,
                        TreeMap::new));
    }
}
