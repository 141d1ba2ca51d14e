//! Assertions: JSON web tokens that are signed with a key of our own.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bowline_base_value::Sensitive;
use serde_json::Value;

/// Signs `claims` with an RSA key in PEM (PKCS #1 or #8). An error says what is wrong with the key, and nothing of it.
pub(crate) fn signed(key: &Sensitive<String>, id: Option<&str>, claims: &Value) -> Result<Sensitive<String>, String> {
    let pair = pair(key)?;
    let mut header = serde_json::json!({"alg": "RS256", "typ": "JWT"});
    if let Some(id) = id {
        header["kid"] = id.into();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(claims));
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| "the private key does not sign".to_string())?;
    Ok(Sensitive::new(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

fn pair(key: &Sensitive<String>) -> Result<RsaKeyPair, String> {
    let none = || "the private key is no RSA key in PEM".to_string();
    let rest = key.expose().split_once("-----BEGIN ").ok_or_else(none)?.1;
    let (label, rest) = rest.split_once("-----").ok_or_else(none)?;
    let body = rest.split_once("-----END ").ok_or_else(none)?.0;
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD.decode(body).map_err(|_| none())?;
    let read = match label {
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der),
        _ => return Err(none()),
    };
    read.map_err(|_| none())
}
