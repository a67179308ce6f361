//! The accounts and the platform of every sandbox.

/// The appid of the Mini Program of every sandbox.
pub const MINI_PROGRAM_APPID: &str = "wx5a6b7c8d9e0f1a2b";
/// Its secret.
pub const MINI_PROGRAM_SECRET: &str = "5a6d696e6970726f6772616d73656372";
/// The appid of the service account of every sandbox. It is linked to the Mini Program.
pub const SERVICE_ACCOUNT_APPID: &str = "wx0f1e2d3c4b5a6978";
/// Its secret.
pub const SERVICE_ACCOUNT_SECRET: &str = "73657276696365616363746f66736563";

/// The component_appid of the third-party platform of every sandbox. The Mini Program has
/// authorised it.
pub const COMPONENT_APPID: &str = "wx7c0d1e2f3a4b5c6d";
/// Its component_appsecret.
pub const COMPONENT_APPSECRET: &str = "636f6d706f6e656e746170707365637e";

/// The ticket that is pushed to the platform when the sandbox starts.
pub const COMPONENT_VERIFY_TICKET: &str = "ticket@@@yvok56yK5SsJry2UWKaXpQ1bC8jj\
    UukqPSNLdhYLcB3s1VneUxUEiJQbhg6jS5ldruoNbMKlB4Y2dtzjgQfAbQ";
/// The first authorizer_refresh_token of the Mini Program.
pub const AUTHORIZER_REFRESH_TOKEN: &str =
    "refreshtoken@@@QF3zobfieD8UzBIVrIb4aPDuliZeTcU3R32W1gQTi54";
/// The message token (消息校验Token) of the pushes to a platform.
pub const MESSAGE_TOKEN: &str = "sandboxMessageToken";
/// The EncodingAESKey (消息加解密Key) of the pushes to a platform.
pub const ENCODING_AES_KEY: &str = "c2FuZGJveEVuY29kaW5nQUVTS2V5Rm9yUHVzaGVz012";
