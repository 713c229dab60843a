package io.hyperion.core.engine;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.grammar.Grammar;
import io.hyperion.core.grammar.GrammarConstraint;
import io.hyperion.core.grammar.TokenTrie;
import io.hyperion.core.grammar.TriggeredConstraint;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.Vocabulary;
import io.hyperion.core.sampling.TokenConstraint;
import io.hyperion.core.sampling.TokenSampler;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the samplers of a model's requests. Safe for use by many threads. */
final class Samplers {
    private final LlamaLibrary library;
    private final Vocabulary vocabulary;
    private final int sequenceLimit;
    /** The tokens as a trie, which the first grammar makes. */
    private Optional<TokenTrie> tokenTrie = Optional.empty();

    /**
     * @param sequenceLimit how many tokens a sequence may have, prompt and completion together
     */
    Samplers(LlamaLibrary library, Vocabulary vocabulary, int sequenceLimit) {
        this.library = library;
        this.vocabulary = vocabulary;
        this.sequenceLimit = sequenceLimit;
    }

    /**
     * Gives each sequence of a request its sampler. Some take their time to be made, so this is not for the loop's thread.
     *
     * @throws InvalidRequestException if the grammar is wrong, or a parameter names a token that is not there
     */
    void equip(RunningRequest running) {
        Supplier<Optional<TokenConstraint>> rules = rules(running.request());
        running.sequences().forEach(sequence -> equip(sequence, rules.get()));
    }

    /** {@return gives each sequence a rule of its own; they share what they find out about the grammar} */
    private Supplier<Optional<TokenConstraint>> rules(EngineRequest request) {
        if (request.rule().isEmpty()) {
            return Optional::empty;
        }
        TextRule rule = request.rule().get();
        Grammar grammar = rule.grammar();
        TokenTrie trie = tokenTrie();
        if (!request.pieces().named().isEmpty()) {
            trie = trie.withNamed(request.pieces().named());
        }
        if (rule.triggers().isEmpty()) {
            GrammarConstraint whole = new GrammarConstraint(grammar, trie);
            return () -> Optional.of(new GrammarRule(whole.copy()));
        }
        TriggeredConstraint waiting = new TriggeredConstraint(grammar, trie, rule.triggers());
        return () -> Optional.of(new LazyGrammarRule(waiting.copy()));
    }

    private void equip(Sequence sequence, Optional<TokenConstraint> rule) {
        EngineRequest request = sequence.request().request();
        GenerateParameters parameters = request.parameters();
        if (sequence.index() > 0 && parameters.seed().isPresent()) {
            // With the same seed all texts would be the same.
            long seed = parameters.seed().getAsLong() + sequence.index();
            parameters = parameters.toBuilder()
                    .seed(seed % GenerateParameters.MAX_SEED)
                    .build();
        }
        sequence.setSampler(TokenSampler.of(library, vocabulary, request.pieces(), sequenceLimit, parameters, rule));
    }

    private synchronized TokenTrie tokenTrie() {
        if (tokenTrie.isEmpty()) {
            tokenTrie = Optional.of(new TokenTrie(vocabulary.size(), vocabulary::piece, vocabulary::isEndOfGeneration));
        }
        return tokenTrie.get();
    }
}
