package io.hyperion.core.sequence;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.llama.LlamaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The saved sequences of a model: files in one directory, by the names that clients give. Safe for use by many threads; each call reads or
 * writes a file of the size of the state, so the batch loop must not make it.
 */
public final class SequenceStore {
    private static final String FIELD = "filename";

    private final String model;
    private final Optional<Path> directory;
    private final GgufFingerprint fingerprint;

    /**
     * @param model the name of the model, for messages
     * @param directory where the files are; empty if nothing is to be saved
     * @param fingerprint of the model's file and its adapters' files: files of others are refused
     */
    public SequenceStore(String model, Optional<Path> directory, GgufFingerprint fingerprint) {
        this.model = Objects.requireNonNull(model, "model");
        this.directory = Objects.requireNonNull(directory, "directory");
        this.fingerprint = Objects.requireNonNull(fingerprint, "fingerprint");
    }

    /**
     * Refuses a name before anything is done for it.
     *
     * @param name the name
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_FILE_NAME}) if it is no plain, portable file name;
     *     ({@link ErrorCode#SAVING_IS_OFF}) if the model has no directory
     */
    public void requireValid(String name) {
        file(name);
    }

    /**
     * Saves a sequence, in place of one of the same name.
     *
     * @param name the name
     * @param sequence the sequence, which stays the caller's
     * @return the bytes that were written
     * @throws InvalidRequestException as {@link #requireValid}
     * @throws EngineException if the file cannot be written
     */
    public long save(String name, SavedSequence sequence) {
        Path file = file(name);
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw unusable(name, "is a directory");
        }
        try {
            return SequenceFile.write(file, fingerprint, sequence);
        } catch (IOException e) {
            throw new EngineException(ErrorCode.ENGINE_FAILURE, "The sequence could not be saved to '" + name + "'", e);
        }
    }

    /**
     * Reads a sequence.
     *
     * @param name the name
     * @param adapters how many adapters the model has
     * @param vocabularySize how many tokens the model has
     * @param maxTokens how many tokens a sequence may have
     * @return the sequence; the caller closes it
     * @throws InvalidRequestException as {@link #requireValid}; ({@link ErrorCode#UNUSABLE_FILE}) if there is no such file, or it is damaged,
     *     or of another model
     * @throws EngineException if the file cannot be read
     */
    public SavedSequence load(String name, int adapters, int vocabularySize, int maxTokens) {
        Path file = file(name);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw unusable(name, "does not exist");
        }
        try {
            return SequenceFile.read(file, new SequenceFile.Expected(fingerprint, adapters, vocabularySize, maxTokens));
        } catch (SequenceFile.UnusableException e) {
            throw unusable(name, e.getMessage());
        } catch (IOException | LlamaException e) {
            throw new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The sequence could not be read from '" + name + "'", e);
        }
    }

    private static InvalidRequestException unusable(String name, String why) {
        return new InvalidRequestException(
                ErrorCode.UNUSABLE_FILE, FIELD, "'" + FIELD + "': the saved sequence '" + name + "' " + why);
    }

    private Path file(String name) {
        SequenceFileName fileName = new SequenceFileName(name);
        Path configured = directory.orElseThrow(() -> new InvalidRequestException(
                ErrorCode.SAVING_IS_OFF,
                FIELD,
                "The model '" + model + "' saves no sequences: its 'slot-save-path' is not set"));
        try {
            return fileName.in(configured.toRealPath());
        } catch (IOException e) {
            throw new EngineException(
                    ErrorCode.ENGINE_FAILURE,
                    "The directory for saved sequences of model '" + model + "' is not there",
                    e);
        }
    }
}
