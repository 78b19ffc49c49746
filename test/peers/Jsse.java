import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Java's own TLS, as a server of one session or as a client. Its stores are system properties. */
class Jsse {
  public static void main(String[] args) throws Exception {
    if (args[0].equals("server")) {
      serve();
    } else {
      visit(args[1], Integer.parseInt(args[2]));
    }
  }

  private static void serve() throws Exception {
    var factory = SSLContext.getDefault().getServerSocketFactory();
    try (var listener = (SSLServerSocket) factory.createServerSocket(0, 1, InetAddress.getByName("::"))) {
      listener.setNeedClientAuth(true);
      System.out.println("listening " + listener.getLocalPort());
      try (var socket = (SSLSocket) listener.accept()) {
        socket.startHandshake();
        var names = ((ExtendedSSLSession) socket.getSession()).getRequestedServerNames();
        System.out.println("names " + names);
        for (var line : new String[] {"HELLO", "WORK token 0", "DONE"}) {
          System.out.println("heard " + ask(socket, line));
        }
      }
    }
  }

  private static void visit(String host, int port) throws Exception {
    var factory = SSLContext.getDefault().getSocketFactory();
    try (var socket = (SSLSocket) factory.createSocket(host, port)) {
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      var token = "";
      var answer = "";
      for (var line = ask(socket, null); line != null; line = ask(socket, answer)) {
        var words = line.split(" ");
        token = words[0].equals("WORK") ? words[1] : token;
        answer = switch (words[0]) {
          case "HELLO" -> "HELLOBACK";
          case "WORK" -> "suffix";
          case "DONE" -> "OK";
          default -> digest(token + words[1]) + " an answer";
        };
        System.out.println("asked " + words[0]);
      }
    }
  }

  private static String digest(String text) throws Exception {
    var sha256 = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static BufferedReader reader;

  /** Sends a line, if there is one, and returns the next from the peer. */
  private static String ask(SSLSocket socket, String line) throws Exception {
    if (line != null) {
      OutputStream out = socket.getOutputStream();
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
    if (reader == null) {
      reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }
    return reader.readLine();
  }
}
