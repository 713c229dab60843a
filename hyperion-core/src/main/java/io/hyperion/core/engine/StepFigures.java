package io.hyperion.core.engine;

import java.time.Duration;

/**
 * One step of a model.
 *
 * @param model the model's name
 * @param number which step of its instance of the model; the first is 1
 * @param generated how many sequences got their next token
 * @param promptTokens how many tokens of prompts were evaluated
 * @param sequences how many sequences were busy
 * @param usedCells how many cells were in use, those of finished sequences included
 * @param time how long it took
 */
public record StepFigures(
        String model, long number, int generated, int promptTokens, int sequences, int usedCells, Duration time) {}
