//! Random bytes as a port, so that a test can decide them.

/// Gives random bytes that nobody can guess.
pub trait Random: Send + Sync + std::fmt::Debug {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("because a system without random numbers cannot keep a secret");
    }
}

/// A text of `length` characters out of `letters`, each as likely as the other.
pub(crate) fn text(random: &dyn Random, letters: &[u8], length: usize) -> String {
    // Bytes above the last whole multiple would make the first letters likelier.
    let bound = 256 - 256 % letters.len();
    let mut out = String::with_capacity(length);
    let mut bytes = [0; 32];
    while out.len() < length {
        random.fill(&mut bytes);
        let good = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < bound);
        out.extend(good.take(length - out.len()).map(|byte| char::from(letters[byte % letters.len()])));
    }
    out
}

/// A random UUID (version 4).
pub(crate) fn uuid(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_ids() {
        let all = text(&SystemRandom, b"abc", 1000);
        assert_eq!(all.len(), 1000);
        assert!("abc".chars().all(|letter| all.matches(letter).count() > 200), "{all}");
        let id = uuid(&SystemRandom);
        assert_eq!((id.len(), &id[14..15]), (36, "4"), "{id}");
        assert_ne!(id, uuid(&SystemRandom));
    }
}
