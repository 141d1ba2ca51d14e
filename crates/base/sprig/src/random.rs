//! Random strings and numbers, drawn from the host.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_base_gotmpl::Type::{Int, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, Runtime, Value};

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("randAlpha", &[Int], |rt, a| text(rt, a, LETTERS)),
    Entry::new("randAlphaNum", &[Int], |rt, a| text(rt, a, ALPHANUMERIC)),
    Entry::new("randAscii", &[Int], |rt, a| text(rt, a, ASCII)),
    Entry::new("randBytes", &[Int], |rt, a| {
        let count =
            usize::try_from(a.int(0)).map_err(|_| CallError::new("runtime error: makeslice: len out of range"))?;
        rt.produce(count)?;
        let mut bytes = vec![0; count];
        rt.host().random(&mut bytes);
        Ok(STANDARD.encode(&bytes).into())
    }),
    Entry::new("randInt", &[Int, Int], |rt, a| {
        let (min, max) = (a.int(0), a.int(1));
        match u64::try_from(i128::from(max) - i128::from(min)) {
            Ok(span) if span > 0 => Ok(Value::int(min + below(rt, span) as i64)),
            _ => Err("invalid argument to Intn".into()),
        }
    }),
    Entry::new("randNumeric", &[Int], |rt, a| text(rt, a, b"0123456789")),
    Entry::new("shuffle", &[Str], |rt, a| {
        let mut chars: Vec<char> = a.str(0).chars().collect();
        for i in (1..chars.len()).rev() {
            chars.swap(i, below(rt, i as u64 + 1) as usize);
        }
        Ok(chars.into_iter().collect::<String>().into())
    }),
    Entry::new("uuidv4", &[], |rt, _| {
        let mut bytes = [0u8; 16];
        rt.host().random(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]).into())
    }),
];

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ASCII: &[u8] =
    b" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

/// A number below `span`, all equally likely.
fn below(rt: &mut Runtime<'_>, span: u64) -> u64 {
    let limit = u64::MAX - u64::MAX % span;
    loop {
        let mut bytes = [0; 8];
        rt.host().random(&mut bytes);
        let n = u64::from_le_bytes(bytes);
        // A host that always gives the same bytes must not hang the render.
        if n < limit || n == u64::MAX {
            return n % span;
        }
    }
}

fn text(rt: &mut Runtime<'_>, a: &Args, alphabet: &[u8]) -> Result<Value, CallError> {
    // A negative count is an error that sprig swallows: the text is empty then.
    let count = usize::try_from(a.int(0)).unwrap_or(0);
    rt.produce(count.saturating_mul(4))?;
    let mut out = String::with_capacity(count);
    for _ in 0..count {
        out.push(alphabet[below(rt, alphabet.len() as u64) as usize] as char);
    }
    Ok(out.into())
}
