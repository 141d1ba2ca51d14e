//! Password hashes, derived passwords, and AES.

use aes::cipher::{
    BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::NoPadding, block_padding::Pkcs7,
};
use bowline_base_gotmpl::{Args, CallError, Runtime, Text, Value};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::encoding::base64_decode;

/// Go's default cost.
const BCRYPT_COST: u32 = 10;
/// Work of a slow hash, in steps of the run's budget.
const HASH_STEPS: u64 = 100_000;

/// A bcrypt hash, or sprig's words about why there is none.
pub(super) fn bcrypt(rt: &mut Runtime<'_>, password: &[u8]) -> String {
    let failed = |why: &str| format!("failed to encrypt string with bcrypt: {why}");
    if password.len() > 72 {
        return failed("bcrypt: password length exceeds 72 bytes");
    }
    if let Err(error) = rt.spend(HASH_STEPS) {
        return failed(error.text());
    }
    let mut salt = [0; 16];
    rt.host().random(&mut salt);
    match bcrypt::hash_with_salt(password, BCRYPT_COST, salt) {
        Ok(parts) => parts.format_for_version(bcrypt::Version::TwoA),
        Err(error) => failed(&error.to_string()),
    }
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// The templates of a kind of password.
fn templates(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        "medium" => &["CvcnoCvc", "CvcCvcno"],
        "short" => &["Cvcn"],
        "basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        "pin" => &["nnnn"],
        _ => return None,
    })
}

fn letters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// A password that follows from a master password, a user and a site.
pub(super) fn derive(rt: &mut Runtime<'_>, a: &Args) -> Result<Value, CallError> {
    let kind = a.str(1);
    let Some(templates) = templates(&kind) else {
        return Ok(format!("cannot find password template {kind}").into());
    };
    rt.spend(HASH_STEPS)?;
    let (counter, password, user, site) = (a.int(0) as u32, a.text(2), a.text(3), a.text(4));
    let length = |text: &Text| (text.len() as u32).to_be_bytes();
    let salt = [SEED, &length(&user), user.as_bytes()].concat();
    let params =
        scrypt::Params::new(15, 8, 2).map_err(|error| CallError::new(format!("failed to derive password: {error}")))?;
    let mut key = [0; 64];
    scrypt::scrypt(password.as_bytes(), &salt, &params, &mut key)
        .map_err(|error| CallError::new(format!("failed to derive password: {error}")))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| CallError::new(error.to_string()))?;
    mac.update(&[SEED, &length(&site), site.as_bytes(), &counter.to_be_bytes()].concat());
    let seed = mac.finalize().into_bytes();
    let template = templates[usize::from(seed[0]) % templates.len()];
    let pick = |(i, class): (usize, u8)| {
        let letters = letters(class);
        char::from(letters[usize::from(seed[i + 1]) % letters.len()])
    };
    Ok(template.bytes().enumerate().map(pick).collect::<String>().into())
}

/// The first 32 bytes of a password, filled with zeros.
fn aes_key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let len = password.len().min(32);
    key[..len].copy_from_slice(&password[..len]);
    key
}

/// AES-256-CBC with a random start, in base64.
pub(super) fn encrypt(rt: &mut Runtime<'_>, password: &[u8], text: &[u8]) -> Result<Value, CallError> {
    if text.is_empty() {
        return Ok("".into());
    }
    let mut start = [0; 16];
    rt.host().random(&mut start);
    let cipher = cbc::Encryptor::<aes::Aes256>::new(&aes_key(password).into(), &start.into());
    let body = cipher.encrypt_padded_vec::<Pkcs7>(text);
    Ok(super::base64(&[&start[..], &body].concat()).into())
}

/// What [`encrypt`] made, back.
pub(super) fn decrypt(password: &[u8], text: &[u8]) -> Result<Value, CallError> {
    if text.is_empty() {
        return Ok("".into());
    }
    let bytes = base64_decode(text).map_err(|at| CallError::new(format!("illegal base64 data at input byte {at}")))?;
    let bytes = bytes.as_bytes();
    if bytes.len() < 16 {
        return Err(format!("runtime error: slice bounds out of range [:16] with capacity {}", bytes.len()).into());
    }
    let (start, body) = bytes.split_at(16);
    let start: [u8; 16] = start.try_into().map_err(|_| CallError::new("the start is too short"))?;
    let cipher = cbc::Decryptor::<aes::Aes256>::new(&aes_key(password).into(), &start.into());
    let plain = cipher
        .decrypt_padded_vec::<NoPadding>(body)
        .map_err(|_| CallError::new("crypto/cipher: input not full blocks"))?;
    let padding = usize::from(*plain.last().ok_or("runtime error: index out of range [-1]")?);
    let end = plain.len().checked_sub(padding).ok_or("runtime error: slice bounds out of range")?;
    Ok(Text::from_bytes(&plain[..end]).into())
}
