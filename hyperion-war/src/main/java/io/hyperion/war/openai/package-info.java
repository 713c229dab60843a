/** OpenAI's protocol, under {@code /v1} and {@code /openai/v1}: chat completions, completions, embeddings and models. */
package io.hyperion.war.openai;
