//! Passwords, ciphers, keys and certificates. Randomness and time are the host's, so a run can be repeated exactly.

use std::any::Any;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_base_gotmpl::Type::{Int, List, Object as Obj, String as Str, Uint32};
use bowline_base_gotmpl::{Args, CallError, Entry, Object, Runtime, Value, fmt};

use crate::encoding::base64_decode;

mod certificate;
mod der;
mod key;
mod password;
mod pem;

use certificate::{Issuer, Request};
use key::PrivateKey;

const CERTIFICATE: &str = "sprig.certificate";
const CERT: bowline_base_gotmpl::Type = Obj(CERTIFICATE);

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("bcrypt", &[Str], |rt, a| Ok(password::bcrypt(rt, a.text(0).as_bytes()).into())),
    Entry::new("buildCustomCert", &[Str, Str], build_custom),
    Entry::new("decryptAES", &[Str, Str], |_, a| password::decrypt(a.text(0).as_bytes(), a.text(1).as_bytes())),
    Entry::new("derivePassword", &[Uint32, Str, Str, Str, Str], |rt, a| password::derive(rt, a)),
    Entry::new("encryptAES", &[Str, Str], |rt, a| password::encrypt(rt, a.text(0).as_bytes(), a.text(1).as_bytes())),
    Entry::new("genCA", &[Str, Int], |rt, a| {
        let key = PrivateKey::rsa(rt, 2048)?;
        authority(rt, a, key)
    }),
    Entry::new("genCAWithKey", &[Str, Int, Str], |rt, a| {
        let key = given_key(&a.str(2))?;
        authority(rt, a, key)
    }),
    Entry::new("genPrivateKey", &[Str], |rt, a| key::generate(rt, &a.str(0)).map(Value::from)),
    Entry::new("genSelfSignedCert", &[Str, List, List, Int], |rt, a| {
        let key = PrivateKey::rsa(rt, 2048)?;
        self_signed(rt, a, key)
    }),
    Entry::new("genSelfSignedCertWithKey", &[Str, List, List, Int, Str], |rt, a| {
        let key = given_key(&a.str(4))?;
        self_signed(rt, a, key)
    }),
    Entry::new("genSignedCert", &[Str, List, List, Int, CERT], |rt, a| {
        let key = PrivateKey::rsa(rt, 2048)?;
        signed(rt, a, key)
    }),
    Entry::new("genSignedCertWithKey", &[Str, List, List, Int, CERT, Str], |rt, a| {
        let key = given_key(&a.str(5))?;
        signed(rt, a, key)
    }),
    Entry::new("htpasswd", &[Str, Str], |rt, a| {
        let user = a.text(0);
        if user.as_bytes().contains(&b':') {
            return Ok(format!("invalid username: {user}").into());
        }
        Ok(format!("{user}:{}", password::bcrypt(rt, a.text(1).as_bytes())).into())
    }),
];

/// What the certificate functions give: `.Cert` and `.Key`, both PEM.
struct Certificate {
    cert: String,
    key: String,
}

impl Object for Certificate {
    fn type_name(&self) -> &str {
        CERTIFICATE
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(self.cert.as_str().into()),
            "Key" => Some(self.key.as_str().into()),
            _ => None,
        }
    }

    fn underlying(&self) -> Value {
        Value::list(vec![self.cert.as_str().into(), self.key.as_str().into()])
    }

    fn json(&self) -> Option<Value> {
        Some(Value::map([("Cert", Value::from(self.cert.as_str())), ("Key", self.key.as_str().into())]))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn given_key(pem: &str) -> Result<PrivateKey, CallError> {
    PrivateKey::from_pem(pem).map_err(|error| CallError::new(format!("parsing private key: {error}")))
}

fn finished(certificate: Vec<u8>, key: &PrivateKey) -> Result<Value, CallError> {
    let certificate = Certificate { cert: pem::encode("CERTIFICATE", &certificate), key: key.to_pem()? };
    Ok(Value::Object(Rc::new(certificate)))
}

fn authority(rt: &mut Runtime<'_>, a: &Args, key: PrivateKey) -> Result<Value, CallError> {
    let request =
        Request { common_name: a.str(0), addresses: Vec::new(), names: Vec::new(), days: a.int(1), is_ca: true };
    let certificate = certificate::make(rt, &request, &key, Issuer::Itself)?;
    finished(certificate, &key)
}

fn request(a: &Args) -> Result<Request, CallError> {
    let strings = |i: usize, what: &str| -> Result<Vec<String>, CallError> {
        let not_a_string =
            |value: &Value| CallError::new(format!("error {what}: {} is not a string", fmt::display(value)));
        a.list(i).items.iter().map(|item| Ok(item.as_text().ok_or_else(|| not_a_string(item))?.to_string())).collect()
    };
    let addresses = strings(1, "parsing ip")?
        .iter()
        .map(|text| text.parse().map_err(|_| CallError::new(format!("error parsing ip: {text}"))))
        .collect::<Result<_, _>>()?;
    let names = strings(2, "processing alternate dns name")?;
    Ok(Request { common_name: a.str(0), addresses, names, days: a.int(3), is_ca: false })
}

fn self_signed(rt: &mut Runtime<'_>, a: &Args, key: PrivateKey) -> Result<Value, CallError> {
    let request = request(a)?;
    let certificate = certificate::make(rt, &request, &key, Issuer::Itself)?;
    finished(certificate, &key)
}

fn signed(rt: &mut Runtime<'_>, a: &Args, key: PrivateKey) -> Result<Value, CallError> {
    let ca = match a.get(4) {
        Value::Object(object) => {
            object.as_any().downcast_ref::<Certificate>().map(|ca| (ca.cert.clone(), ca.key.clone()))
        }
        _ => None,
    };
    let (cert, ca_key) = ca.ok_or("unable to decode certificate")?;
    let (_, certificate) = pem::decode(&cert).ok_or("unable to decode certificate")?;
    let parent = certificate::Parent::parse(&certificate)
        .ok_or("error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate")?;
    let ca_key =
        PrivateKey::from_pem(&ca_key).map_err(|error| CallError::new(format!("error parsing private key: {error}")))?;
    let request = request(a)?;
    let certificate = certificate::make(rt, &request, &key, Issuer::Authority(&parent, &ca_key))?;
    finished(certificate, &key)
}

fn build_custom(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let cert =
        base64_decode(a.text(0).as_bytes()).map_err(|_| CallError::new("unable to decode base64 certificate"))?;
    let key = base64_decode(a.text(1).as_bytes()).map_err(|_| CallError::new("unable to decode base64 private key"))?;
    let (cert, key) = (cert.to_string(), key.to_string());
    let (_, certificate) = pem::decode(&cert).ok_or("unable to decode certificate")?;
    certificate::Parent::parse(&certificate)
        .ok_or("error parsing certificate: decodedCert.Bytes: x509: malformed certificate")?;
    PrivateKey::from_pem(&key).map_err(|error| CallError::new(format!("error parsing private key: {error}")))?;
    Ok(Value::Object(Rc::new(Certificate { cert, key })))
}

/// Standard base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
