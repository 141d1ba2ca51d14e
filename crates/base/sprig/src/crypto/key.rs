//! Private keys.

use bowline_base_gotmpl::{CallError, Host, Runtime};
use p256::elliptic_curve::Generate as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::signature::{SignatureEncoding as _, Signer as _};

use super::{der, pem};

/// A key of one of the kinds that certificates are made with.
pub(super) enum PrivateKey {
    Rsa(Box<rsa::PrivateKey>),
    P256(p256::SecretKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// The host's randomness for the cryptographic crates.
pub(super) struct HostRandom<'h>(pub(super) &'h mut dyn Host);

impl TryRng for HostRandom<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.0.random(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.0.random(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.random(bytes);
        Ok(())
    }
}

impl TryCryptoRng for HostRandom<'_> {}

/// Work of making an RSA key, in steps of the run's budget: a template may make some hundreds.
const RSA_STEPS: u64 = 100_000;

const RSA: &[u32] = &[1, 2, 840, 113549, 1, 1, 1];
const SHA256_RSA: &[u32] = &[1, 2, 840, 113549, 1, 1, 11];
const EC: &[u32] = &[1, 2, 840, 10045, 2, 1];
const P256: &[u32] = &[1, 2, 840, 10045, 3, 1, 7];
const ECDSA_SHA256: &[u32] = &[1, 2, 840, 10045, 4, 3, 2];
const ED25519: &[u32] = &[1, 3, 101, 112];

// === impl PrivateKey ===

impl PrivateKey {
    /// A new RSA key.
    pub(super) fn rsa(rt: &mut Runtime<'_>, bits: usize) -> Result<PrivateKey, CallError> {
        rt.spend(RSA_STEPS * (bits / 1024).pow(3) as u64 / 8)?;
        let key = rsa::PrivateKey::new(&mut HostRandom(rt.host()), bits)
            .map_err(|error| CallError::new(format!("error generating rsa key: {error}")))?;
        Ok(PrivateKey::Rsa(Box::new(key)))
    }

    /// Reads a key from PEM; the error is sprig's.
    pub(super) fn from_pem(text: &str) -> Result<PrivateKey, String> {
        let (label, bytes) = pem::decode(text).ok_or("no PEM data in input")?;
        match label.as_str() {
            "PRIVATE KEY" => {
                Self::from_pkcs8(&bytes).ok_or_else(|| "decoding PEM as PKCS#8: x509: unknown key".to_string())
            }
            "RSA PRIVATE KEY" => rsa::PrivateKey::from_pkcs1_der(&bytes)
                .map(|key| PrivateKey::Rsa(Box::new(key)))
                .map_err(|error| format!("parsing RSA private key from PEM: {error}")),
            "EC PRIVATE KEY" => p256::SecretKey::from_sec1_der(&bytes)
                .map(PrivateKey::P256)
                .map_err(|error| format!("parsing EC private key from PEM: {error}")),
            label => match label.strip_suffix(" PRIVATE KEY") {
                Some(kind) => Err(format!("invalid private key type {kind}")),
                None => Err(format!("no private key data in PEM block of type {label}")),
            },
        }
    }

    fn from_pkcs8(bytes: &[u8]) -> Option<PrivateKey> {
        use rsa::pkcs8::DecodePrivateKey as _;
        if let Ok(key) = rsa::PrivateKey::from_pkcs8_der(bytes) {
            return Some(PrivateKey::Rsa(Box::new(key)));
        }
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(bytes) {
            return Some(PrivateKey::P256(key));
        }
        ed25519_dalek::SigningKey::from_pkcs8_der(bytes).ok().map(PrivateKey::Ed25519)
    }

    /// The key as sprig writes it.
    pub(super) fn to_pem(&self) -> Result<String, CallError> {
        let failed = |error: String| CallError::new(format!("error pem-encoding key: {error}"));
        Ok(match self {
            PrivateKey::Rsa(key) => {
                let bytes = key.to_pkcs1_der().map_err(|error| failed(error.to_string()))?;
                pem::encode("RSA PRIVATE KEY", bytes.as_bytes())
            }
            PrivateKey::P256(key) => pem::encode("EC PRIVATE KEY", &sec1(key)),
            PrivateKey::Ed25519(key) => pem::encode("PRIVATE KEY", &ed25519_pkcs8(key)),
        })
    }

    /// `SubjectPublicKeyInfo`, and the bits of the key alone.
    pub(super) fn public(&self) -> (Vec<u8>, Vec<u8>) {
        let (algorithm, key) = match self {
            PrivateKey::Rsa(key) => {
                let bytes = key.to_public_key().to_pkcs1_der();
                let bytes = bytes.map(|der| der.as_bytes().to_vec()).unwrap_or_default();
                (der::sequence(&[der::oid(RSA), der::null()]), bytes)
            }
            PrivateKey::P256(key) => {
                let point = key.public_key().to_sec1_point(false).as_bytes().to_vec();
                (der::sequence(&[der::oid(EC), der::oid(P256)]), point)
            }
            PrivateKey::Ed25519(key) => (der::sequence(&[der::oid(ED25519)]), key.verifying_key().to_bytes().to_vec()),
        };
        (der::sequence(&[algorithm, der::bits(&key)]), key)
    }

    /// `AlgorithmIdentifier` of its signatures.
    pub(super) fn signature_algorithm(&self) -> Vec<u8> {
        match self {
            PrivateKey::Rsa(_) => der::sequence(&[der::oid(SHA256_RSA), der::null()]),
            PrivateKey::P256(_) => der::sequence(&[der::oid(ECDSA_SHA256)]),
            PrivateKey::Ed25519(_) => der::sequence(&[der::oid(ED25519)]),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CallError> {
        let failed = |error: rsa::signature::Error| CallError::new(format!("error creating certificate: {error}"));
        Ok(match self {
            PrivateKey::Rsa(key) => {
                let signer = rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(key.as_ref().clone());
                signer.try_sign(message).map_err(failed)?.to_vec()
            }
            PrivateKey::P256(key) => {
                let signer = p256::ecdsa::SigningKey::from(key);
                let signature: p256::ecdsa::DerSignature = signer.try_sign(message).map_err(failed)?;
                signature.as_bytes().to_vec()
            }
            PrivateKey::Ed25519(key) => key.try_sign(message).map_err(failed)?.to_vec(),
        })
    }
}

/// `ECPrivateKey` with curve and public key, as Go writes it.
fn sec1(key: &p256::SecretKey) -> Vec<u8> {
    let public = key.public_key().to_sec1_point(false);
    der::sequence(&[
        der::integer(&[1]),
        der::octets(&key.to_bytes()),
        der::element(0xa0, &der::oid(P256)),
        der::element(0xa1, &der::bits(public.as_bytes())),
    ])
}

fn ed25519_pkcs8(key: &ed25519_dalek::SigningKey) -> Vec<u8> {
    der::sequence(&[der::integer(&[]), der::sequence(&[der::oid(ED25519)]), der::octets(&der::octets(&key.to_bytes()))])
}

/// sprig's `genPrivateKey`: a PEM text, or words about what went wrong.
pub(super) fn generate(rt: &mut Runtime<'_>, kind: &str) -> Result<String, CallError> {
    match kind {
        "" | "rsa" => PrivateKey::rsa(rt, 4096)?.to_pem(),
        "ecdsa" => {
            let key = p256::SecretKey::generate_from_rng(&mut HostRandom(rt.host()));
            PrivateKey::P256(key).to_pem()
        }
        "ed25519" => {
            let mut seed = [0; 32];
            rt.host().random(&mut seed);
            PrivateKey::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed)).to_pem()
        }
        "dsa" => dsa_key(rt),
        other => Ok(format!("Unknown type {other}")),
    }
}

fn dsa_key(rt: &mut Runtime<'_>) -> Result<String, CallError> {
    rt.spend(RSA_STEPS * 20)?;
    let mut random = HostRandom(rt.host());
    let components = match dsa::Components::try_generate_from_rng_with_key_size(&mut random, dsa::KeySize::DSA_2048_256)
    {
        Ok(components) => components,
        Err(never) => match never {},
    };
    let key = match dsa::SigningKey::try_generate_from_rng_with_components(&mut random, components) {
        Ok(key) => key,
        Err(never) => match never {},
    };
    // OpenSSL's form: version, p, q, g, y, x.
    let public = key.verifying_key();
    let components = public.components();
    let number = |bytes: &[u8]| der::integer(bytes);
    let bytes = der::sequence(&[
        der::integer(&[]),
        number(&components.p().to_be_bytes()),
        number(&components.q().to_be_bytes()),
        number(&components.g().to_be_bytes()),
        number(&public.y().to_be_bytes()),
        number(&key.x().to_be_bytes()),
    ]);
    Ok(pem::encode("DSA PRIVATE KEY", &bytes))
}
