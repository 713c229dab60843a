/**
 * The support desk: an application with Hyperion in the same server. {@link io.hyperion.examples.assistant.DeskResource} is what the page
 * calls, {@link io.hyperion.examples.assistant.SupportDesk} what asks the models.
 */
package io.hyperion.examples.assistant;
