//! Passwords: bcrypt, as the contract stores them.

use bowline_core_types::Sensitive;

use crate::error::{AuthError, Code};
use crate::random::Random;

/// The work of a new hash: two to the power of ten rounds, which the contract's own hashes have.
const COST: u32 = 10;
/// bcrypt looks at this many bytes; Go refuses more.
const LONGEST: usize = 72;

/// A hash of a new password.
pub(crate) async fn hash(password: &Sensitive<String>, random: &dyn Random) -> Result<Sensitive<String>, AuthError> {
    if password.expose().len() > LONGEST {
        return Err(AuthError::new(Code::Unknown, "failed to hash password: bcrypt: password length exceeds 72 bytes"));
    }
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let password = password.clone();
    let work = move || bcrypt::hash_with_salt(password.expose(), COST, salt);
    match tokio::task::spawn_blocking(work).await {
        // Go knows this form of the prefix.
        Ok(Ok(parts)) => Ok(parts.format_for_version(bcrypt::Version::TwoA).into()),
        Ok(Err(error)) => Err(AuthError::new(Code::Internal, format!("failed to hash password: {error}"))),
        Err(_) => Err(AuthError::new(Code::Internal, "failed to hash password: the work was stopped")),
    }
}

/// Whether a password is the one of the hash. An account without a hash takes as long.
pub(crate) async fn verify(password: &Sensitive<String>, hash: &Sensitive<String>) -> bool {
    // The password of this one is nobody's: the work is what counts.
    const NOBODYS: &str = "$2a$10$CwKyAEzL04JmY.d./2Ld7eNhpdEE9AxQmVWcs9wr4hJJfcpw1il8y";
    let (password, hash) = (password.clone(), hash.clone());
    let work = move || {
        let known = !hash.expose().is_empty();
        let against = if known { hash.expose().as_str() } else { NOBODYS };
        bcrypt::verify(password.expose(), against).unwrap_or(false) && known && !password.expose().is_empty()
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[tokio::test]
    async fn hashes_are_gos_and_only_the_password_fits() {
        let password = Sensitive::new("hunter22".to_string());
        let hash = hash(&password, &SystemRandom).await.unwrap();
        assert!(hash.expose().starts_with("$2a$10$"));
        assert!(verify(&password, &hash).await);
        assert!(!verify(&"hunter23".to_string().into(), &hash).await);
        assert!(!verify(&password, &Sensitive::default()).await);
        assert!(!verify(&password, &"no hash".to_string().into()).await);
        // Made by Go's bcrypt.
        let gos = crate::testing::PASSWORD_HASH.to_string().into();
        assert!(verify(&"password".to_string().into(), &gos).await);
        assert!(!verify(&"Password".to_string().into(), &gos).await);
        let long = Sensitive::new("x".repeat(73));
        assert!(super::hash(&long, &SystemRandom).await.is_err());
    }
}
