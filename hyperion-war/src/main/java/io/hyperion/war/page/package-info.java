/** What is at the context root: the page for people, and for programs what it shows. */
package io.hyperion.war.page;
