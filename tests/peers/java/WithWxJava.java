import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import me.chanjar.weixin.common.error.WxErrorException;
import me.chanjar.weixin.open.api.WxOpenComponentService;
import me.chanjar.weixin.open.api.WxOpenMaService;
import me.chanjar.weixin.open.api.impl.WxOpenInMemoryConfigStorage;
import me.chanjar.weixin.open.api.impl.WxOpenServiceImpl;
import me.chanjar.weixin.open.bean.result.WxDownlooadQrcodeJumpResult;
import me.chanjar.weixin.open.bean.result.WxQrcodeJumpRule;

/**
 * Runs WxJava's client of a third-party platform against a sandbox, as its users run it against
 * WeChat.
 *
 * <p>The code of weixin-java-open is unchanged. It has methods for all calls of jump rules, and
 * WeChat's address built in. Its proxy setting and the JVM's trust store lead it to the sandbox.
 *
 * <p>The environment must have the variables that {@code jumpqr sandbox --proxy} prints, and the
 * JVM's trust store must have its authority. The program resets the sandbox.
 */
public final class WithWxJava {
  private static final String SANDBOX = System.getenv("JUMPQR_BASE_URL");
  private static final String APPID = System.getenv("JUMPQR_APPID");
  private static final String COMPONENT = "wx7c0d1e2f3a4b5c6d";
  private static final String COMPONENT_SECRET = "636f6d706f6e656e746170707365637e";
  // Gson escapes = and &, and leaves 桌 as it is.
  private static final String PREFIX = "https://m.example.cn/桌?a=1&b=2";

  private static final HttpClient DIRECT =
      HttpClient.newBuilder().proxy(ProxySelector.of(null)).build();

  private WithWxJava() {}

  /** Returns the answer of the sandbox's control endpoint. */
  private static JsonObject control(String method, String endpoint, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(SANDBOX + "/sandbox/" + endpoint))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = DIRECT.send(request, HttpResponse.BodyHandlers.ofString());
    assertEqual(endpoint, 200, answer.statusCode());
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  private static void assertEqual(String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      throw new AssertionError(what + ": expected " + expected + ", found " + found);
    }
  }

  private static WxOpenServiceImpl platform(String ticket) {
    URI proxy = URI.create(System.getenv("HTTPS_PROXY"));
    WxOpenInMemoryConfigStorage config = new WxOpenInMemoryConfigStorage();
    config.setComponentAppId(COMPONENT);
    config.setComponentAppSecret(COMPONENT_SECRET);
    config.setComponentVerifyTicket(ticket);
    config.setHttpProxyHost(proxy.getHost());
    config.setHttpProxyPort(proxy.getPort());
    WxOpenServiceImpl platform = new WxOpenServiceImpl();
    platform.setWxOpenConfigStorage(config);
    return platform;
  }

  private static WxQrcodeJumpRule rule(String prefix) {
    WxQrcodeJumpRule rule = new WxQrcodeJumpRule();
    rule.setPrefix(prefix);
    rule.setPermitSubRule("1");
    rule.setPath("pages/index/index");
    rule.setOpenVersion("1");
    rule.setDebugUrl(List.of(PREFIX + "3"));
    rule.setIsEdit("0");
    return rule;
  }

  private interface Call {
    void run() throws WxErrorException;
  }

  private static void assertRefused(int errcode, Call call) {
    try {
      call.run();
    } catch (WxErrorException refusal) {
      assertEqual("errcode", errcode, refusal.getError().getErrorCode());
      return;
    }
    throw new AssertionError("was not refused with " + errcode);
  }

  private static void assertListed(WxOpenMaService merchant, String... states) throws Exception {
    List<String> found =
        merchant.getQrcodeJump().getRuleList().stream()
            .peek(stored -> assertEqual("prefix", PREFIX, stored.getPrefix()))
            .map(WxQrcodeJumpRule::getState)
            .toList();
    assertEqual("states", List.of(states), found);
  }

  public static void main(String[] arguments) throws Exception {
    control("POST", "reset", "{}");
    String platformPath = "platforms/" + COMPONENT;
    String ticket =
        control("GET", platformPath + "/ticket", "").get("component_verify_ticket").getAsString();
    String refreshToken =
        control("PUT", platformPath + "/authorizers/" + APPID, "{\"permission_sets\": [18]}")
            .get("authorizer_refresh_token")
            .getAsString();

    WxOpenServiceImpl wrong = platform("ticket@@@wrong");
    assertRefused(61006, () -> wrong.getWxOpenComponentService().getComponentAccessToken(true));

    WxOpenServiceImpl platform = platform(ticket);
    platform.getWxOpenConfigStorage().setAuthorizerRefreshToken(APPID, refreshToken);
    WxOpenComponentService component = platform.getWxOpenComponentService();
    assertEqual("merchants", 1, component.getAuthorizerList(0, 500).getTotalCount());

    WxOpenMaService merchant = component.getWxMaServiceByAppid(APPID);
    WxDownlooadQrcodeJumpResult file = merchant.downloadQrcodeJump();
    assertEqual("file", false, file.getFileName().isEmpty() || file.getFileContent().isEmpty());
    merchant.addQrcodeJump(rule(PREFIX));
    assertListed(merchant, "1");
    merchant.publishQrcodeJump(PREFIX);
    assertListed(merchant, "2");
    assertRefused(85066, () -> merchant.addQrcodeJump(rule("https://m.example.ink/")));

    // The sandbox limits the calls of a second.
    control("POST", "clock", "{\"advance_seconds\": 1}");
    control("DELETE", "accounts/" + APPID + "/tokens", "");
    merchant.deleteQrcodeJump(PREFIX);
    assertListed(merchant);

    Map<String, Integer> calls = new TreeMap<>();
    control("GET", "counters", "")
        .getAsJsonObject("calls")
        .entrySet()
        .forEach(entry -> calls.put(entry.getKey(), entry.getValue().getAsInt()));
    // One call with the wrong ticket, and one with the right ticket. One call for each token of the
    // merchant.
    assertEqual("calls for the platform's token", 2, calls.get("api_component_token"));
    assertEqual("calls for the merchant's token", 2, calls.get("api_authorizer_token"));
    System.out.println("weixin-java-open: every call, with " + calls);
  }
}
