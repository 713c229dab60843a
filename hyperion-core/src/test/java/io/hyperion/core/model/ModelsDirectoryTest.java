package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.core.download.ModelSource;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.ModelsDirectory.Contents;
import io.hyperion.core.model.ModelsDirectory.Timing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The directory of models")
class ModelsDirectoryTest {
    private static final Duration SETTLED = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofHours(1);

    /** Looks often enough that nothing need be told by the file system. */
    private static final Timing OFTEN = new Timing(SETTLED, SETTLED, Duration.ofMillis(50), Duration.ofMillis(1));

    @TempDir
    Path temporary;

    private Path directory;
    private byte[] model;
    private final BlockingQueue<Contents> heard = new LinkedBlockingQueue<>();
    private final List<ModelsDirectory> opened = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        directory = Files.createDirectory(temporary.resolve("models"));
        model = Files.readAllBytes(TinyModel.llama().write(temporary.resolve("tiny.gguf")));
    }

    @AfterEach
    void close() {
        opened.forEach(ModelsDirectory::close);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("hyperion-models-directory") && thread.isAlive());
    }

    private ModelsDirectory open(Timing timing, String... keysAndValues) {
        Map<String, String> properties = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        ModelsDirectory models =
                new ModelsDirectory(directory, HyperionConfiguration.of(properties), heard::add, timing);
        opened.add(models);
        models.start();
        return models;
    }

    /** What is in the directory once that is as expected. */
    private Contents await(Predicate<Contents> expected) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        List<Contents> others = new ArrayList<>();
        while (true) {
            Contents contents = heard.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(contents).as("another change than %s", others).isNotNull();
            if (expected.test(contents)) {
                return contents;
            }
            others.add(contents);
        }
    }

    private Contents awaitModels(String... names) throws InterruptedException {
        return await(contents -> contents.models().keySet().equals(new TreeSet<>(List.of(names))));
    }

    /** One that was there for long. */
    private Path old(String name) throws IOException {
        return old(name, 10);
    }

    private Path old(String name, int days) throws IOException {
        Path file = Files.write(directory.resolve(name), model);
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(days))));
    }

    private static SortedMap<String, String> settings(String... keysAndValues) {
        SortedMap<String, String> settings = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return settings;
    }

    private static Optional<String> codeOf(Runnable refused) {
        try {
            refused.run();
            return Optional.empty();
        } catch (HyperionException e) {
            return Optional.of(e.code().name() + " " + e.parameter().orElse(""));
        }
    }

    @Test
    @DisplayName("goes on telling what has changed when its listener fails, however badly")
    void failingListener() throws Exception {
        ModelsDirectory models = new ModelsDirectory(
                directory,
                HyperionConfiguration.of(Map.of()),
                contents -> {
                    heard.add(contents);
                    if (contents.models().size() == 1) {
                        throw new LinkageError("on purpose");
                    }
                },
                OFTEN);
        opened.add(models);
        models.start();
        old("one.gguf");
        awaitModels("one");
        old("two.gguf");
        awaitModels("one", "two");
    }

    @Test
    @DisplayName("has the files that are there at the start at once, as models named without the quantisation")
    void filesAtStart() throws IOException {
        Path file = old("Tiny-1B.Q4_K_M.gguf");
        old("plain.gguf");
        old("notes.txt");
        old(".hidden.gguf");
        Files.createDirectories(directory.resolve("hf/owner"));
        Files.write(directory.resolve("hf/owner/below.gguf"), model);

        Contents contents = open(OFTEN, "hyperion.queue.capacity", "7").contents();

        assertThat(contents.warnings()).isEmpty();
        assertThat(contents.models()).containsOnlyKeys("Tiny-1B", "plain");
        ModelSettings tiny = contents.models().get("Tiny-1B");
        assertThat(tiny.path()).contains(file);
        assertThat(tiny.description().aliases()).containsExactly("Tiny-1B.Q4_K_M");
        assertThat(tiny.description().origin()).isEqualTo(ModelInfo.Origin.FILE);
        assertThat(tiny.engine().queueCapacity()).isEqualTo(7);
        assertThat(contents.models().get("plain").description().aliases()).isEmpty();
        assertThat(heard).containsExactly(contents);
    }

    @Test
    @DisplayName("tells of a file that is put there, replaced by another and taken away")
    void filesComeAndGo() throws Exception {
        open(OFTEN);
        awaitModels();
        Files.move(temporary.resolve("tiny.gguf"), directory.resolve("tiny.gguf"));
        Contents before = awaitModels("tiny");

        Path other = TinyModel.llama(7).write(temporary.resolve("other.gguf"));
        Files.setLastModifiedTime(other, FileTime.from(Instant.now().minus(LONG)));
        Files.move(other, directory.resolve("tiny.gguf"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(await(contents -> true)).isEqualTo(before);

        Files.delete(directory.resolve("tiny.gguf"));
        awaitModels();
    }

    @Test
    @DisplayName("hears of changes at once where the file system tells them")
    void watches() throws Exception {
        assumeTrue(System.getProperty("os.name").startsWith("Linux"), "other systems look themselves, now and then");
        Path file = old("tiny.gguf");
        // Its thread watches before it looks, so that either the look or the watch finds what happens from now on.
        open(new Timing(Duration.ZERO, Duration.ZERO, LONG, Duration.ofMillis(1)));
        awaitModels("tiny");
        Files.delete(file);
        awaitModels();
        Files.move(temporary.resolve("tiny.gguf"), file);
        awaitModels("tiny");
    }

    @Test
    @DisplayName("takes a file whose time is in the future, too, when it was left alone")
    void fileOfTheFuture() throws Exception {
        open(OFTEN);
        old("tiny.gguf", -10);
        awaitModels("tiny");
    }

    @Test
    @DisplayName("waits for a file that is still being copied, however long that takes")
    void growingFile() throws Exception {
        open(new Timing(Duration.ZERO, LONG, Duration.ofMillis(20), Duration.ofMillis(1)));
        awaitModels();
        Path file = directory.resolve("tiny.gguf");
        Files.write(file, Arrays.copyOf(model, model.length / 2));
        // A file beside it, which the same look finds, shows that the half one was seen.
        Files.write(directory.resolve("seen.gguf"), model);
        awaitModels("seen");
        Files.write(file, Arrays.copyOfRange(model, model.length / 2, model.length), StandardOpenOption.APPEND);
        awaitModels("seen", "tiny");
    }

    @Test
    @DisplayName("keeps a model whose file is just being written over")
    void fileWrittenOver() throws Exception {
        old("tiny.gguf");
        open(new Timing(LONG, LONG, Duration.ofMillis(20), Duration.ofMillis(1)));
        awaitModels("tiny");
        Files.write(directory.resolve("tiny.gguf"), new byte[10]);
        old("seen.gguf");
        awaitModels("seen", "tiny");
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 3, 1000})
    @DisplayName("shows a file that is no GGUF file as a model that has failed, with the reason")
    void notGguf(int size) throws Exception {
        Files.write(directory.resolve("broken.gguf"), new byte[size]);
        open(OFTEN);
        Contents contents = awaitModels("broken");
        ModelSettings broken = contents.models().get("broken");
        assertThatThrownBy(() -> ModelFacts.read(broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.gguf");
    }

    @Test
    @DisplayName("leaves out directories, pipes and links that lead nowhere, and follows other links")
    void notFiles() throws Exception {
        Files.createDirectory(directory.resolve("folder.gguf"));
        Files.createDirectory(directory.resolve("folder.properties"));
        Files.createSymbolicLink(directory.resolve("dangling.gguf"), temporary.resolve("nothing"));
        Files.createSymbolicLink(directory.resolve("loop.gguf"), directory.resolve("loop.gguf"));
        Files.createSymbolicLink(directory.resolve("linked.gguf"), temporary.resolve("tiny.gguf"));
        boolean hasPipe = Files.isExecutable(Path.of("/usr/bin/mkfifo"))
                && new ProcessBuilder(
                                        "/usr/bin/mkfifo",
                                        directory.resolve("pipe.gguf").toString())
                                .start()
                                .waitFor()
                        == 0;
        open(OFTEN);
        Contents contents = awaitModels("linked");
        assertThat(contents.warnings())
                .hasSize(hasPipe ? 5 : 4)
                .allMatch(warning -> warning.contains("' in " + directory));
    }

    @Test
    @DisplayName("leaves out names that no model can have, and tells each once")
    void wrongNames() throws Exception {
        for (String name : List.of(
                "my model.gguf",
                "mödel.gguf",
                "-dash.gguf",
                "line\nfeed.gguf",
                "x".repeat(200) + ".gguf",
                "a b.properties",
                "a%2Fb.properties",
                "a%2F..%2Fetc.properties",
                "a%3ab.properties",
                "%zz.properties",
                "-.properties")) {
            old(name);
        }
        Contents contents = open(OFTEN).contents();
        assertThat(contents.models()).isEmpty();
        assertThat(contents.warnings()).hasSize(11).allSatisfy(warning -> assertThat(warning)
                .contains("is left out: names of models are letters")
                .doesNotContain("\n"));
    }

    @Test
    @DisplayName("gives the short name to the older of two files, and what is configured goes before both")
    void sameNames() throws Exception {
        old("m-Q8_0.gguf", 2);
        old("m-Q4_0.gguf", 3);
        old("taken-Q4_0.gguf");
        old("a.gguf");
        old("A.gguf");
        old("given.gguf");
        SortedMap<String, ModelSettings> models = open(
                        OFTEN, "hyperion.models.taken.path", "elsewhere.gguf", "hyperion.models.taken.aliases", "given")
                .contents()
                .models();
        assertThat(models).containsOnlyKeys("m", "m-Q8_0", "taken-Q4_0", "a", "A");
        assertThat(models.get("m").path()).contains(directory.resolve("m-Q4_0.gguf"));
        assertThat(models.get("m").description().aliases()).containsExactly("m-Q4_0");
        assertThat(models.get("m-Q8_0").description().aliases()).isEmpty();
    }

    @Test
    @DisplayName(
            "leaves files to the models that are configured with them, also through links, as adapters, and as parts")
    void configuredFiles() throws Exception {
        old("a.gguf");
        old("lora.gguf");
        old("b.gguf");
        old("s-00001-of-00002.gguf");
        old("s-00002-of-00002.gguf");
        old("local.gguf");
        Path link = Files.createSymbolicLink(temporary.resolve("link.gguf"), directory.resolve("b.gguf"));
        Path linkedDirectory = Files.createSymbolicLink(temporary.resolve("linked"), directory);
        Contents contents = open(
                        OFTEN,
                        "hyperion.models.x.path",
                        directory.resolve("a.gguf").toString(),
                        "hyperion.models.x.lora",
                        directory.resolve("lora.gguf") + "=0.5",
                        "hyperion.models.y.path",
                        link.toString(),
                        "hyperion.models.z.path",
                        linkedDirectory.resolve("s-00001-of-00002.gguf").toString(),
                        "hyperion.models.l.source",
                        directory
                                .resolve("local.gguf")
                                .toUri()
                                .toString()
                                .replace("file:/", "file:///")
                                .replace("////", "///"))
                .contents();
        assertThat(contents.models()).isEmpty();
        assertThat(contents.warnings()).isEmpty();
    }

    @Test
    @DisplayName(
            "takes a split model by its first part, and shows one without all parts as failed until the last one comes")
    void splitModels() throws Exception {
        old("m-Q4_0-00001-of-00003.gguf");
        old("m-Q4_0-00003-of-00003.gguf");
        open(OFTEN);
        ModelSettings incomplete = awaitModels("m").models().get("m");
        assertThat(incomplete.problem().orElseThrow()).contains("Of the 3 parts of m-Q4_0 only 2 are in");
        assertThat(incomplete.description().aliases()).containsExactly("m-Q4_0");

        old("m-Q4_0-00002-of-00003.gguf");
        ModelSettings complete = await(contents -> true).models().get("m");
        assertThat(complete.problem()).isEmpty();
        assertThat(complete.path()).contains(directory.resolve("m-Q4_0-00001-of-00003.gguf"));
    }

    @Test
    @DisplayName("is empty as long as it is not there, and may come, go and come again")
    void directoryComesAndGoes() throws Exception {
        Files.delete(directory);
        ModelsDirectory models = open(OFTEN);
        assertThat(await(contents -> true).warnings())
                .singleElement()
                .asString()
                .contains("There is no directory");
        Files.createDirectory(directory);
        old("tiny.gguf");
        assertThat(awaitModels("tiny").warnings()).isEmpty();
        Path moved = Files.move(directory, temporary.resolve("moved"));
        awaitModels();
        Files.move(moved, directory);
        awaitModels("tiny");
        assertThat(models.contents().models()).containsOnlyKeys("tiny");
    }

    @Test
    @DisplayName("keeps an added model in a file that another server, or the next start, reads")
    void addedModelsStay() throws Exception {
        Contents first;
        try (ModelsDirectory models = open(OFTEN)) {
            ModelSettings added = models.add(
                    "qwen:latest",
                    settings(
                            "source", "https://example.com/q.gguf",
                            "sha256", "0".repeat(64),
                            "description", " Zwölf\nBoxkämpfer: #!=\\ 😀",
                            "aliases", "qwen",
                            "defaults.temperature", "0.5"));
            first = models.contents();
            assertThat(first.models()).containsExactly(Map.entry("qwen:latest", added));
            assertThat(heard).hasSize(2).endsWith(first);
            assertThat(added.source())
                    .contains(new SourceSettings(
                            ModelSource.parse("https://example.com/q.gguf"), Optional.of("0".repeat(64)), false));
            assertThat(added.description().origin()).isEqualTo(ModelInfo.Origin.ADDED);
        }
        assertThat(files()).containsExactly("qwen%3Alatest.properties");
        try (ModelsDirectory next = open(OFTEN)) {
            assertThat(next.contents()).isEqualTo(first);
            next.remove("qwen:latest");
            assertThat(next.contents().models()).isEmpty();
        }
        assertThat(files()).isEmpty();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    @DisplayName("is made when the first model is added")
    void directoryIsMade() throws IOException {
        Files.delete(directory);
        open(OFTEN).add("a", settings("source", "hf:owner/repo"));
        assertThat(files()).containsExactly("a.properties");
    }

    @ParameterizedTest(name = "''{0}''")
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../a",
                "a/b",
                "a\\b",
                "/etc/passwd",
                ".hidden",
                "-a",
                "a b",
                "a\u0000",
                "a\n",
                "é",
                "a%2e",
                "*"
            })
    @DisplayName("refuses names that are none, and writes nothing")
    void refusesNames(String name) throws IOException {
        ModelsDirectory models = open(OFTEN);
        assertThat(codeOf(() -> models.add(name, settings("source", "hf:owner/repo"))))
                .contains("INVALID_NAME name");
        assertThat(files()).isEmpty();
    }

    @Test
    @DisplayName("refuses names that are too long for a file")
    void refusesLongNames() throws IOException {
        ModelsDirectory models = open(OFTEN);
        SortedMap<String, String> settings = settings("source", "hf:owner/repo");
        assertThat(codeOf(() -> models.add("a".repeat(129), settings))).contains("INVALID_NAME name");
        assertThat(codeOf(() -> models.add("a" + ":".repeat(127), settings))).contains("INVALID_NAME name");
        models.add("a".repeat(128), settings);
        assertThat(models.contents().models()).containsOnlyKeys("a".repeat(128));
    }

    @ParameterizedTest(name = "{0} = {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "path | /etc/passwd | UNKNOWN_VALUE path",
                "lora | a.gguf | UNKNOWN_VALUE lora",
                "slot-save-path | /tmp | UNKNOWN_VALUE slot-save-path",
                "colour | red | UNKNOWN_VALUE colour",
                "slots | 257 | UNKNOWN_VALUE slots",
                "context-size | -1 | UNKNOWN_VALUE context-size",
                "defaults.temperature | -1 | OUT_OF_RANGE defaults.temperature",
                "chat-template | nonsense | UNSUPPORTED_TEMPLATE chat-template",
                "min-instances | 99 | UNKNOWN_VALUE min-instances",
                "aliases | a/b | UNKNOWN_VALUE aliases",
                "aliases | Other | MODEL_EXISTS aliases",
                "sha256 | 12 | UNKNOWN_VALUE sha256",
                "source | nonsense | INVALID_NAME source",
                "source | hf:../.. | INVALID_NAME source",
                "source | file:///etc/passwd | FORBIDDEN_SOURCE source",
                "source | http://example.com/a.gguf | FORBIDDEN_SOURCE source",
                "source | https://127.0.0.1/a.gguf | FORBIDDEN_SOURCE source",
                "source | https://2130706433/a.gguf | FORBIDDEN_SOURCE source",
                "source | https://[::1]/a.gguf | FORBIDDEN_SOURCE source",
                "source | https://[::ffff:10.0.0.1]/a.gguf | FORBIDDEN_SOURCE source",
                "source | https://169.254.169.254/latest/meta-data | FORBIDDEN_SOURCE source",
                "source | https://localhost/a.gguf | FORBIDDEN_SOURCE source",
                "source | https://LOCALHOST./a.gguf | FORBIDDEN_SOURCE source"
            })
    @DisplayName("refuses settings that are wrong, or not for everybody, and names them")
    void refusesSettings(String key, String value, String expected) throws IOException {
        old("other.gguf");
        ModelsDirectory models = open(OFTEN);
        SortedMap<String, String> settings = settings("source", "hf:owner/repo");
        settings.put(key, value);
        assertThat(codeOf(() -> models.add("a", settings))).contains(expected);
        assertThat(files()).containsExactly("other.gguf");
    }

    @Test
    @DisplayName("refuses a model without a source, and one that takes too much room or has half a character")
    void refusesOtherSettings() throws IOException {
        ModelsDirectory models = open(OFTEN);
        assertThat(codeOf(() -> models.add("a", settings()))).contains("MISSING_FIELD source");
        assertThat(codeOf(() -> models.add("a", settings("source", " ")))).contains("MISSING_FIELD source");
        assertThat(codeOf(() -> models.add(
                        "a",
                        settings(
                                "source",
                                "hf:owner/repo",
                                "preload.messages",
                                "[{\"role\":\"user\",\"content\":\"" + "x".repeat(AddedModels.MAX_SIZE) + "\"}]"))))
                .contains("OUT_OF_RANGE ");
        assertThat(codeOf(() -> models.add("a", settings("source", "hf:owner/repo", "description", "\uD83D"))))
                .contains("INVALID_TEXT ");
        SortedMap<String, String> many = settings("source", "hf:owner/repo");
        IntStream.range(0, 1000).forEach(i -> many.put("key" + i, ""));
        assertThat(codeOf(() -> models.add("a", many))).contains("OUT_OF_RANGE ");
        assertThat(codeOf(() -> models.add("a", settings("source", "hf:owner/repo", "k\n".repeat(1_000_000), ""))))
                .hasValueSatisfying(
                        code -> assertThat(code).hasSizeLessThan(100).doesNotContain("\n"));
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"configured", "CONFIGURED", "other-name", "dropped", "dropped-Q4_0", "Added", "added"})
    @DisplayName("refuses a name that another model has, in whatever case")
    void refusesTakenNames(String name) throws IOException {
        old("dropped-Q4_0.gguf");
        ModelsDirectory models = open(
                OFTEN, "hyperion.models.configured.path", "c.gguf", "hyperion.models.configured.aliases", "other-name");
        models.add("added", settings("source", "hf:owner/repo"));
        assertThat(codeOf(() -> models.add(name, settings("source", "hf:owner/repo"))))
                .contains("MODEL_EXISTS name");
        assertThat(models.contents().models()).containsOnlyKeys("added", "dropped");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "path=/etc/passwd | path can be set in the configuration only",
                "lora=a.gguf | lora can be set in the configuration only",
                "slots=2 | source is missing",
                "source=file:///etc/passwd | file of this machine",
                "source=https://10.1.2.3/a.gguf | public address",
                "source=hf:owner/repo\\nslots=0 | slots must be at least 1",
                "source=hf:owner/repo\\nslots=\\u12 | Malformed",
                "'' | source is missing"
            })
    @DisplayName("shows a model whose properties file is wrong as failed, with the reason")
    void wrongPropertiesFiles(String text, String reason) throws IOException {
        Files.writeString(directory.resolve("a.properties"), text.replace("\\n", "\n"));
        Contents contents = open(OFTEN).contents();
        assertThat(contents.models().get("a").problem().orElseThrow())
                .startsWith("The file a.properties of model 'a' is wrong: ")
                .contains(reason);
    }

    @Test
    @DisplayName("shows a model whose properties file is huge, or in another encoding, as failed")
    void unreadablePropertiesFiles() throws IOException {
        Files.write(directory.resolve("huge.properties"), new byte[AddedModels.MAX_SIZE + 1]);
        Files.write(
                directory.resolve("latin.properties"),
                "source=hf:owner/repo\ndescription=Übung".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(
                directory.resolve("many.properties"),
                IntStream.range(0, 1000).mapToObj(i -> "key" + i + "=\n").collect(Collectors.joining()));
        Files.writeString(directory.resolve("long.properties"), "source=hf:owner/repo\n" + "k".repeat(1_000_000));
        Files.write(
                directory.resolve("marked.properties"), "\uFEFFsource=hf:owner/repo".getBytes(StandardCharsets.UTF_8));
        SortedMap<String, ModelSettings> models = open(OFTEN).contents().models();
        assertThat(models.get("huge").problem().orElseThrow()).contains("larger than 1048576 bytes");
        assertThat(models.get("many").problem().orElseThrow()).contains("may have 200 keys, but has 1000");
        assertThat(models.get("long").problem()).isEmpty();
        assertThat(models.get("latin").problem().orElseThrow()).contains("not UTF-8");
        assertThat(models.get("marked").problem()).isEmpty();
    }

    @Test
    @DisplayName("warns of unknown keys in a properties file, and takes up what is changed in it")
    void changedPropertiesFile() throws Exception {
        Path file = directory.resolve("a.properties");
        Files.writeString(file, "source=hf:owner/repo\nslot=2\n");
        assertThat(open(OFTEN).contents().warnings())
                .containsExactly("Unknown key a.properties: slot; did you mean slots?");
        Files.writeString(file, "source=hf:owner/repo\nslots=2\n");
        Contents changed = await(contents -> contents.warnings().isEmpty());
        assertThat(changed.models().get("a").engine().slots()).isEqualTo(2);
    }

    @Test
    @DisplayName("leaves out added models that are called like configured ones, and aliases that others have")
    void addedAndConfigured() throws IOException {
        Files.writeString(directory.resolve("a.properties"), "source=hf:owner/repo\n");
        Files.writeString(directory.resolve("b.properties"), "source=hf:owner/repo\naliases=a,c,x\n");
        Files.writeString(directory.resolve("c.properties"), "source=hf:owner/repo\naliases=x\n");
        Contents contents = open(OFTEN, "hyperion.models.a.path", "a.gguf").contents();
        assertThat(contents.models()).containsOnlyKeys("b", "c");
        assertThat(contents.models().get("b").description().aliases()).containsExactly("x");
        assertThat(contents.models().get("c").description().aliases()).isEmpty();
        assertThat(contents.warnings()).hasSize(4);
    }

    @Test
    @DisplayName("deletes all parts of a dropped model, of a link only the link, and nothing of others")
    void removes() throws IOException {
        old("m-00001-of-00002.gguf");
        old("m-00002-of-00002.gguf");
        Path target = temporary.resolve("tiny.gguf");
        Files.setLastModifiedTime(target, FileTime.from(Instant.now().minus(LONG)));
        Files.createSymbolicLink(directory.resolve("linked-Q8_0.gguf"), target);
        ModelsDirectory models = open(OFTEN, "hyperion.models.configured.path", "c.gguf");
        models.remove("m");
        models.remove("linked");
        assertThat(files()).isEmpty();
        assertThat(target).exists();
        assertThat(models.contents().models()).isEmpty();
        for (String name : List.of("m", "configured", "../tiny")) {
            assertThat(codeOf(() -> models.remove(name))).contains("KEPT_ELSEWHERE model");
        }
    }

    @Test
    @DisplayName("says that it cannot be written to")
    void notWritable() throws IOException {
        Files.delete(directory);
        Files.writeString(directory, "a file where the directory should be");
        ModelsDirectory models = open(OFTEN);
        assertThatThrownBy(() -> models.add("a", settings("source", "hf:owner/repo")))
                .isInstanceOfSatisfying(
                        HyperionException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FAILED))
                .hasMessageContaining("hyperion.models-dir");
        models.close();
        assertThat(codeOf(() -> models.add("a", settings("source", "hf:owner/repo"))))
                .contains("SHUTTING_DOWN ");
    }

    @Test
    @DisplayName("goes on after a listener has failed, and can be closed by it")
    void listeners() throws Exception {
        BlockingQueue<Contents> told = new LinkedBlockingQueue<>();
        ModelsDirectory[] own = new ModelsDirectory[1];
        own[0] = new ModelsDirectory(
                directory,
                HyperionConfiguration.of(Map.of()),
                contents -> {
                    told.add(contents);
                    if (contents.models().containsKey("last")) {
                        own[0].close();
                    }
                    throw new IllegalStateException("a listener that fails");
                },
                OFTEN);
        opened.add(own[0]);
        own[0].start();
        old("first.gguf");
        assertThat(told.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(told.poll(30, TimeUnit.SECONDS).models()).containsOnlyKeys("first");
        old("last.gguf");
        assertThat(told.poll(30, TimeUnit.SECONDS).models()).containsOnlyKeys("first", "last");
    }

    @Test
    @DisplayName("has thousands of models within seconds")
    void thousandsOfFiles() throws IOException {
        FileTime time = FileTime.from(Instant.now().minus(LONG));
        for (int i = 0; i < 3000; i++) {
            Files.setLastModifiedTime(Files.createFile(directory.resolve("model-" + i + "-Q4_0.gguf")), time);
            Files.writeString(directory.resolve("added-" + i + ".properties"), "source=hf:owner/repo\n");
        }
        long start = System.nanoTime();
        assertThat(open(OFTEN).contents().models()).hasSize(6000);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
}
