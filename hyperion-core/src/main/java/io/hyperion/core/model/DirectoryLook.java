package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.core.download.ModelSource;
import io.hyperion.core.engine.LoraSettings;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Looks which models are in the directory. Used under a lock. */
final class DirectoryLook {
    /**
     * What was found.
     *
     * @param contents the models
     * @param files the names of the files of those that have some there, in order
     * @param stamps those files as they were when they counted
     */
    record Found(
            ModelsDirectory.Contents contents, Map<String, List<String>> files, SortedMap<String, FileStamp> stamps) {
        static final Found NONE = new Found(ModelsDirectory.Contents.NONE, Map.of(), Collections.emptySortedMap());
    }

    /** A file that counts, or the parts of a split one. */
    private record Candidate(ModelFileName name, List<String> files, FileStamp first) {}

    private final Path directory;
    private final HyperionConfiguration configuration;
    private final AddedModels added;
    private final DroppedFiles dropped;
    private final Set<String> configuredNames = new HashSet<>();

    DirectoryLook(Path directory, HyperionConfiguration configuration, AddedModels added, DroppedFiles dropped) {
        this.directory = directory;
        this.configuration = configuration;
        this.added = added;
        this.dropped = dropped;
        for (ModelSettings model : configuration.models().values()) {
            configuredNames.add(model.name());
            configuredNames.addAll(model.description().aliases());
        }
    }

    /** {@return whether the next look may find something else without any further change} */
    boolean isWaiting() {
        return dropped.isWaiting();
    }

    /**
     * @param before what the last look found
     * @return what this one finds
     */
    Found look(Found before) {
        List<String> warnings = new ArrayList<>();
        SortedMap<String, BasicFileAttributes> entries;
        try {
            entries = entries(warnings);
        } catch (NoSuchFileException | NotDirectoryException e) {
            warnings.add("There is no directory " + directory + ", which " + HyperionConfiguration.MODELS_DIRECTORY
                    + " names");
            entries = Collections.emptySortedMap();
        } catch (IOException | DirectoryIteratorException e) {
            // What just cannot be seen is still there, most likely.
            return new Found(
                    new ModelsDirectory.Contents(
                            before.contents().models(),
                            List.of("The directory " + directory + " (" + HyperionConfiguration.MODELS_DIRECTORY
                                    + ") cannot be read: " + e)),
                    before.files(),
                    before.stamps());
        }
        SortedMap<String, ModelSettings> models = addedModels(entries.keySet(), warnings);
        Map<String, FileStamp> files = new HashMap<>();
        Set<Object> configuredFiles = configuredFiles();
        entries.forEach((name, attributes) -> {
            if (ModelFileName.of(name).isPresent() && !isConfigured(name, attributes, configuredFiles)) {
                files.put(name, new FileStamp(attributes.size(), attributes.lastModifiedTime()));
            }
        });
        SortedMap<String, FileStamp> whole = dropped.look(directory, files);
        Map<String, List<String>> filesOf = new HashMap<>();
        Set<String> known = new HashSet<>();
        before.files().values().forEach(known::addAll);
        addDropped(candidates(files.keySet(), whole, known), models, filesOf, warnings);
        return new Found(new ModelsDirectory.Contents(models, warnings), filesOf, whole);
    }

    /** Files that may be a model, and those of added ones. */
    private SortedMap<String, BasicFileAttributes> entries(List<String> warnings) throws IOException {
        SortedMap<String, BasicFileAttributes> entries = new TreeMap<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                boolean isModel = name.endsWith(AddedModels.ENDING)
                        || ModelFileName.of(name).isPresent();
                if (isModel && !name.startsWith(".")) {
                    attributes(path, warnings).ifPresent(attributes -> entries.put(name, attributes));
                }
            }
        }
        return entries;
    }

    /** Nothing but a file is opened: to open what another program feeds could take for ever. */
    private static Optional<BasicFileAttributes> attributes(Path path, List<String> warnings) {
        String name = Excerpts.of(path.getFileName().toString());
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                return Optional.of(attributes);
            }
            warnings.add("'" + name + "' in " + path.getParent() + " is no file, and no model");
        } catch (NoSuchFileException e) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                warnings.add("'" + name + "' in " + path.getParent() + " is a link to a file that is not there");
            }
        } catch (IOException e) {
            warnings.add("'" + name + "' in " + path.getParent() + " cannot be read: " + e);
        }
        return Optional.empty();
    }

    private SortedMap<String, ModelSettings> addedModels(Set<String> fileNames, List<String> warnings) {
        SortedMap<String, ModelSettings> models = new TreeMap<>();
        for (String fileName : fileNames) {
            if (fileName.endsWith(AddedModels.ENDING)) {
                Optional<String> name = AddedModels.modelName(fileName);
                if (name.isEmpty()) {
                    warnings.add(notNamed(fileName));
                } else if (configuredNames.contains(name.get())) {
                    warnings.add("The model '" + name.get() + "' of " + fileName
                            + " is left out: one that is configured is called so");
                } else {
                    models.put(name.get(), added.read(name.get(), warnings::add));
                }
            }
        }
        Set<String> names = new HashSet<>(configuredNames);
        names.addAll(models.keySet());
        Aliases aliases = new Aliases(names);
        models.replaceAll((name, settings) -> aliases.without(
                settings,
                alias -> warnings.add("The model '" + name + "' does not get the alias '" + alias
                        + "', which another one is called already")));
        return models;
    }

    private String notNamed(String fileName) {
        return "'" + Excerpts.of(fileName) + "' in " + directory
                + " is left out: names of models are letters, digits, '.', ':', '_' and '-', at most 128";
    }

    /** By what tells files from each other, which links do not hide; by paths where there is no such thing. */
    private Set<Object> configuredFiles() {
        Set<Object> keys = new HashSet<>();
        configuration.models().values().stream()
                .flatMap(model -> Stream.concat(
                        configuredFile(model).stream(),
                        model.engine().lora().stream().map(LoraSettings::path)))
                .forEach(path -> keys.add(key(path)));
        return keys;
    }

    private static Optional<Path> configuredFile(ModelSettings model) {
        return model.path().or(() -> model.source()
                .filter(source -> source.source() instanceof ModelSource.Local)
                .map(source -> ((ModelSource.Local) source.source()).path()));
    }

    private static Object key(Path path) {
        try {
            return key(path, Files.readAttributes(path, BasicFileAttributes.class));
        } catch (IOException e) {
            // It is not there, so that it is none of those in the directory either.
            return path.normalize();
        }
    }

    private static Object key(Path path, BasicFileAttributes attributes) {
        return Optional.ofNullable(attributes.fileKey()).orElse(path.normalize());
    }

    private boolean isConfigured(String fileName, BasicFileAttributes attributes, Set<Object> configuredFiles) {
        if (configuredFiles.contains(key(directory.resolve(fileName), attributes))) {
            return true;
        }
        // Of a split one, the configuration names the first part.
        ModelFileName name = ModelFileName.of(fileName).orElseThrow();
        return name.part().isPresent()
                && configuration.models().values().stream()
                        .flatMap(model -> configuredFile(model).stream())
                        .anyMatch(path -> isPart(name, path));
    }

    private boolean isPart(ModelFileName name, Path configured) {
        return configured.getFileName() != null
                && ModelFileName.of(configured.getFileName().toString())
                        .filter(name::isOfSameModel)
                        .isPresent()
                && isDirectory(configured.getParent());
    }

    private boolean isDirectory(Path path) {
        try {
            return Files.isSameFile(directory, path);
        } catch (IOException e) {
            // One of them is not there.
            return false;
        }
    }

    /** The parts of a new split one count when all that are there do: most likely it is just being copied in. Older ones come first. */
    private static List<Candidate> candidates(
            Set<String> there, SortedMap<String, FileStamp> whole, Set<String> known) {
        Map<String, List<String>> byModel = new TreeMap<>();
        for (String fileName : new TreeSet<>(there)) {
            ModelFileName name = ModelFileName.of(fileName).orElseThrow();
            String model = name.part().isPresent() ? name.full() + "/" + name.parts() : fileName;
            byModel.computeIfAbsent(model, key -> new ArrayList<>()).add(fileName);
        }
        List<Candidate> candidates = new ArrayList<>();
        for (List<String> files : byModel.values()) {
            List<String> counting =
                    files.stream().filter(whole.keySet()::contains).toList();
            if (counting.size() == files.size() || counting.stream().anyMatch(known::contains)) {
                candidates.add(new Candidate(
                        ModelFileName.of(counting.get(0)).orElseThrow(), counting, whole.get(counting.get(0))));
            }
        }
        candidates.sort(
                Comparator.comparing((Candidate candidate) -> candidate.first().modified())
                        .thenComparing(candidate -> candidate.files().get(0)));
        return candidates;
    }

    private void addDropped(
            List<Candidate> candidates,
            SortedMap<String, ModelSettings> models,
            Map<String, List<String>> filesOf,
            List<String> warnings) {
        Set<String> taken = new HashSet<>(configuredNames);
        models.values().forEach(model -> {
            taken.add(model.name());
            taken.addAll(model.description().aliases());
        });
        // Whatever the order, none gets as its short name what is the whole name of another.
        for (Candidate candidate : candidates) {
            String shortName = candidate.name().name();
            String full = candidate.name().full();
            String name = taken.contains(shortName) || !AddedModels.isName(shortName) ? full : shortName;
            if (!AddedModels.isName(name)) {
                warnings.add(notNamed(candidate.files().get(0)));
            } else if (!taken.add(name)) {
                warnings.add("'" + candidate.files().get(0) + "' in " + directory
                        + " is left out: another model is called so");
            } else {
                boolean hasAlias = !full.equals(name) && AddedModels.isName(full) && taken.add(full);
                models.put(name, settings(name, hasAlias ? List.of(full) : List.of(), candidate));
                filesOf.put(name, candidate.files());
            }
        }
    }

    private ModelSettings settings(String name, List<String> aliases, Candidate candidate) {
        ModelFileName fileName = candidate.name();
        int there = candidate.files().size();
        if (there < fileName.parts()) {
            return ModelSettings.failed(
                            name,
                            ModelInfo.Origin.FILE,
                            "Of the " + fileName.parts() + " parts of " + fileName.full() + " only " + there
                                    + " are in " + directory + ": "
                                    + String.join(", ", candidate.files().subList(0, Math.min(there, 9))))
                    .withAliases(aliases);
        }
        return ModelSettings.dropped(
                name, aliases, directory.resolve(candidate.files().get(0)), configuration.queue());
    }

    /**
     * @param found what there is
     * @param model what somebody wants to add
     * @throws InvalidRequestException if one of its names is another model's, be it in upper or lower case: not every file system tells them
     *     apart
     */
    void requireFree(Found found, ModelSettings model) {
        Set<String> taken = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        taken.addAll(configuredNames);
        found.contents().models().values().forEach(other -> {
            taken.add(other.name());
            taken.addAll(other.description().aliases());
        });
        if (taken.contains(model.name())) {
            throw exists(model.name(), "name");
        }
        model.description().aliases().stream()
                .filter(taken::contains)
                .findFirst()
                .ifPresent(alias -> {
                    throw exists(alias, "aliases");
                });
    }

    static InvalidRequestException exists(String name, String parameter) {
        return new InvalidRequestException(
                ErrorCode.MODEL_EXISTS,
                parameter,
                "There is a model called '" + name + "' already, in upper or lower case");
    }
}
