/** What stands between an application server and the engine: the models as the server manages them, or as the WAR runs them by itself. */
package io.hyperion.jca;
