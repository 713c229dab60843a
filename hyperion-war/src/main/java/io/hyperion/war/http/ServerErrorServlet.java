package io.hyperion.war.http;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import jakarta.inject.Inject;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The error page of the web application: what the server refuses before JAX-RS sees it is told in the words of the path's protocol too. */
@WebServlet(ServerErrorServlet.PATH)
public class ServerErrorServlet extends HttpServlet {
    static final String PATH = "/server-error";

    private static final long serialVersionUID = 1L;

    @Inject
    transient ErrorFormats formats;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // Without one nobody has failed: somebody asks for this very path.
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? code
                : HttpServletResponse.SC_NOT_FOUND;
        HyperionException error = status >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR
                ? new EngineException(ErrorCode.ENGINE_FAILURE, "The server failed; its log tells why")
                : new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE, "", "The server refuses this request with status " + status);
        byte[] body = formats.of(path(request)).format(error, status).toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** Where it failed, below the context root. */
    private static String path(HttpServletRequest request) {
        return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri
                        && uri.startsWith(request.getContextPath())
                ? uri.substring(request.getContextPath().length())
                : "";
    }
}
