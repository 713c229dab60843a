/** API Host's protocol: a text or a conversation for the model of a file, and the whole answer. */
package io.hyperion.war.apihost;
