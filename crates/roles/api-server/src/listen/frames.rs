//! [`Frames`]: the frame headers of HTTP/2 in what comes in, as far as pings are concerned.

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADER: usize = 9;
const PING: u8 = 6;
const ACK: u8 = 1;

/// Where in the stream of frames the next byte stands.
#[derive(Debug)]
pub(crate) enum Frames {
    /// So many bytes of the preface were seen.
    Preface(usize),
    /// This is not HTTP/2.
    Other,
    /// So many bytes of a frame's header.
    Header([u8; HEADER], usize),
    /// So many bytes of a frame's payload are still to come.
    Payload(usize),
}

// === impl Frames ===

impl Default for Frames {
    fn default() -> Frames {
        Frames::Preface(0)
    }
}

impl Frames {
    /// How many pings begin in these bytes; answers to ours are none.
    pub(crate) fn pings_in(&mut self, mut bytes: &[u8]) -> usize {
        let mut pings = 0;
        while let [first, rest @ ..] = bytes {
            match self {
                Frames::Other => return pings,
                Frames::Preface(seen) => {
                    if PREFACE[*seen] != *first {
                        *self = Frames::Other;
                        return pings;
                    }
                    *seen += 1;
                    if *seen == PREFACE.len() {
                        *self = Frames::Header([0; HEADER], 0);
                    }
                    bytes = rest;
                }
                Frames::Header(header, seen) => {
                    header[*seen] = *first;
                    *seen += 1;
                    bytes = rest;
                    if *seen == HEADER {
                        pings += usize::from(header[3] == PING && header[4] & ACK == 0);
                        let length =
                            usize::from(header[0]) << 16 | usize::from(header[1]) << 8 | usize::from(header[2]);
                        *self = if length == 0 { Frames::Header([0; HEADER], 0) } else { Frames::Payload(length) };
                    }
                }
                Frames::Payload(left) => {
                    let here = bytes.len().min(*left);
                    bytes = &bytes[here..];
                    *left -= here;
                    if *left == 0 {
                        *self = Frames::Header([0; HEADER], 0);
                    }
                }
            }
        }
        pings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, 0][..], payload].concat()
    }

    #[test]
    fn pings_are_counted_however_the_bytes_are_cut() {
        let mut stream = PREFACE.to_vec();
        for frame in [
            frame(4, 0, &[]),
            frame(PING, 0, b"abcdefgh"),
            frame(0, 0, &frame(PING, 0, b"in data.")),
            frame(PING, ACK, b"abcdefgh"),
            frame(PING, 0, b"abcdefgh"),
        ] {
            stream.extend(frame);
        }
        for size in 1..=stream.len() {
            let mut frames = Frames::default();
            let pings: usize = stream.chunks(size).map(|chunk| frames.pings_in(chunk)).sum();
            assert_eq!(pings, 2, "in pieces of {size}");
        }
        assert_eq!(Frames::default().pings_in(b"PRI / HTTP/1.1\r\n\0\0\x08\x06\0\0\0\0\0"), 0);
    }
}
