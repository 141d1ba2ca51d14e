//! gRPC-web: the trailers of an answer come as its last frame, marked by its first bit.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bowline_web_wire::BoxError;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame};

/// A frame's head: one byte of marks, four of length.
const HEAD: usize = 5;
/// Marks the frame that holds the trailers.
const TRAILERS: u8 = 0x80;
/// Trailers are a few lines.
const LONGEST: usize = 64 << 10;

/// A body of gRPC-web, given as gRPC has it: messages, then trailers.
pub struct Unframed<B> {
    body: B,
    /// What has come of the head of a frame, or of the trailers.
    held: BytesMut,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    /// So many bytes of a message are still to come.
    Message(usize),
    Trailers(usize),
    Done,
}

// === impl Unframed ===

impl<B> Unframed<B> {
    pub(crate) fn new(body: B) -> Unframed<B> {
        Unframed { body, held: BytesMut::new(), state: State::Head }
    }

    /// What can be given of the bytes that are held.
    fn take(&mut self) -> Result<Option<Frame<Bytes>>, BoxError> {
        match self.state {
            State::Done => Ok(None),
            State::Head if self.held.len() < HEAD => Ok(None),
            State::Head => {
                let length = u32::from_be_bytes([self.held[1], self.held[2], self.held[3], self.held[4]]) as usize;
                if self.held[0] & TRAILERS == 0 {
                    self.state = State::Message(length);
                    // The head of a message is the same in gRPC.
                    return Ok(Some(Frame::data(self.held.split_to(HEAD).freeze())));
                }
                if length > LONGEST {
                    return Err("the trailers of the answer are too long".into());
                }
                let _ = self.held.split_to(HEAD);
                self.state = State::Trailers(length);
                self.take()
            }
            State::Message(0) => {
                self.state = State::Head;
                self.take()
            }
            State::Message(_) if self.held.is_empty() => Ok(None),
            State::Message(left) => {
                let piece = self.held.split_to(left.min(self.held.len())).freeze();
                self.state = State::Message(left - piece.len());
                Ok(Some(Frame::data(piece)))
            }
            State::Trailers(length) if self.held.len() < length => Ok(None),
            State::Trailers(length) => {
                self.state = State::Done;
                let text = self.held.split_to(length);
                Ok(Some(Frame::trailers(trailers(&text)?)))
            }
        }
    }
}

fn trailers(text: &[u8]) -> Result<HeaderMap, BoxError> {
    let mut map = HeaderMap::new();
    for line in text.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let name = HeaderName::from_bytes(line[..colon].trim_ascii())?;
        map.append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii())?);
    }
    Ok(map)
}

impl<B: Body<Data = Bytes> + Unpin> Body for Unframed<B>
where
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        loop {
            if let Some(frame) = this.take()? {
                return Poll::Ready(Some(Ok(frame)));
            }
            if this.state == State::Done {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        this.held.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                // An answer with its status in the headers has no body.
                None if this.state == State::Head && this.held.is_empty() => {
                    this.state = State::Done;
                    return Poll::Ready(None);
                }
                None => return Poll::Ready(Some(Err("the answer broke off: unexpected EOF".into()))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    fn read(pieces: &[&[u8]]) -> Result<(Vec<u8>, Option<HeaderMap>), String> {
        let frames: Vec<Result<Frame<Bytes>, BoxError>> =
            pieces.iter().map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect();
        let body = Unframed::new(StreamBody::new(futures::stream::iter(frames).boxed()));
        let collected = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(body.collect())
            .map_err(|e| e.to_string())?;
        let trailers = collected.trailers().cloned();
        Ok((collected.to_bytes().to_vec(), trailers))
    }

    #[test]
    fn messages_stay_and_trailers_are_taken_out_wherever_the_pieces_break() {
        let message = b"\x00\x00\x00\x00\x03abc";
        let end = b"\x80\x00\x00\x00\x10grpc-status: 0\r\n";
        let whole = [message.as_slice(), message, end].concat();
        for size in 1..whole.len() {
            let pieces: Vec<&[u8]> = whole.chunks(size).collect();
            let (bytes, trailers) = read(&pieces).unwrap();
            assert_eq!(bytes, [message.as_slice(), message].concat(), "{size}");
            assert_eq!(trailers.unwrap()["grpc-status"], "0");
        }
    }

    #[test]
    fn what_breaks_off_is_told() {
        assert_eq!(read(&[]).unwrap(), (Vec::new(), None));
        for piece in [b"\x00\x00\x00\x00\x03ab".as_slice(), b"\x00\x00", b"\x80\x00\x00\x00\x05grp"] {
            assert!(read(&[piece]).unwrap_err().contains("unexpected EOF"));
        }
        // Without trailers nobody knows whether a stream is complete: that is the caller's to say.
        assert!(read(&[b"\x00\x00\x00\x00\x03abc"]).is_ok());
    }
}
