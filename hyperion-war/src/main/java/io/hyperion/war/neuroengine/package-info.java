/** NeuroEngine's protocol: a message in, the reply out, at once or asked for piece by piece under a stream key; and its list of models. */
package io.hyperion.war.neuroengine;
