use jumpqr_core::interface::{
    Confirmation, JumpQRCodeList, LinkedMiniprogram, ListedRule, TokenResponse, VerificationFile,
};
use jumpqr_core::rule::{OpenVersion, PermitSubRule, RuleState};
use serde_json::{Value, json};

/// Converts a typed answer to the form of the vectors: wire names, and null for missing fields.
pub trait Wire {
    /// Converts the answer.
    fn wire(&self) -> Value;
}

impl Wire for Confirmation {
    fn wire(&self) -> Value {
        json!({"confirmation": self.name()})
    }
}

impl Wire for JumpQRCodeList {
    fn wire(&self) -> Value {
        json!({
            "rule_list": self.rule_list.iter().map(Wire::wire).collect::<Vec<_>>(),
            "qrcodejump_open": self.qrcodejump_open,
            "list_size": self.list_size,
            "qrcodejump_pub_quota": self.qrcodejump_pub_quota,
            "total_count": self.total_count,
        })
    }
}

impl Wire for ListedRule {
    fn wire(&self) -> Value {
        json!({
            "prefix": self.prefix,
            "path": self.path,
            "state": self.state.map(RuleState::number),
            "open_version": self.open_version.map(OpenVersion::number),
            "debug_url": self.debug_url,
            "permit_sub_rule": self.permit_sub_rule.map(PermitSubRule::number),
        })
    }
}

impl Wire for VerificationFile {
    fn wire(&self) -> Value {
        json!({"file_name": self.file_name, "file_content": self.file_content})
    }
}

impl Wire for Vec<LinkedMiniprogram> {
    fn wire(&self) -> Value {
        let items = self.iter().map(|item| {
            json!({
                "appid": item.appid,
                "status": item.status.map(jumpqr_core::interface::LinkStatus::name),
                "nickname": item.nickname,
            })
        });
        json!({"items": items.collect::<Vec<_>>()})
    }
}

impl Wire for TokenResponse {
    fn wire(&self) -> Value {
        json!({
            "access_token": self.access_token.expose(),
            "expires_in": self.expires_in.as_secs(),
        })
    }
}
