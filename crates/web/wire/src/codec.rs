//! Messages to bytes and back, with proto2's `required`: a message that lacks such a field is not sent, and no request.

use std::marker::PhantomData;

use bytes::Buf;
use prost::Message;
use tonic::Status;
use tonic::codec::{DecodeBuf, Decoder, EncodeBuf, Encoder};

/// A message that knows whether it has all that it must have.
pub trait Complete {
    /// The name of a required field that is not set.
    fn missing(&self) -> Option<&'static str> {
        None
    }
}

/// Says that a field which must be there is not.
pub fn not_set(doing: &str, field: &str) -> Status {
    Status::internal(format!("grpc: error {doing}: proto: required field {field:?} not set"))
}

/// Encodes `E` and decodes `D`.
#[derive(Debug)]
pub(crate) struct Codec<E, D>(PhantomData<fn(E) -> D>);

impl<E, D> Default for Codec<E, D> {
    fn default() -> Codec<E, D> {
        Codec(PhantomData)
    }
}

impl<E, D> tonic::codec::Codec for Codec<E, D>
where
    E: Message + Complete + 'static,
    D: Message + Complete + Default + 'static,
{
    type Encode = E;
    type Decode = D;
    type Encoder = Half<E>;
    type Decoder = Half<D>;

    fn encoder(&mut self) -> Half<E> {
        Half(PhantomData)
    }

    fn decoder(&mut self) -> Half<D> {
        Half(PhantomData)
    }
}

/// As [`Codec`], for the client's side: an answer that lacks a required field is taken. Servers send a time of zero as an empty message,
/// which is none here, and a client loses nothing by what it can do without.
#[derive(Debug)]
pub(crate) struct ClientCodec<E, D>(PhantomData<fn(E) -> D>);

impl<E, D> Default for ClientCodec<E, D> {
    fn default() -> ClientCodec<E, D> {
        ClientCodec(PhantomData)
    }
}

impl<E, D> tonic::codec::Codec for ClientCodec<E, D>
where
    E: Message + Complete + 'static,
    D: Message + Default + 'static,
{
    type Encode = E;
    type Decode = D;
    type Encoder = Half<E>;
    type Decoder = Lenient<D>;

    fn encoder(&mut self) -> Half<E> {
        Half(PhantomData)
    }

    fn decoder(&mut self) -> Lenient<D> {
        Lenient(PhantomData)
    }
}

/// Reads answers, whatever they lack.
#[derive(Debug)]
pub(crate) struct Lenient<T>(PhantomData<fn() -> T>);

impl<T: Message + Default> Decoder for Lenient<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        let item = T::decode(buf.take(buf.remaining()));
        item.map(Some).map_err(|error| Status::internal(format!("grpc: error unmarshalling the answer: {error}")))
    }
}

/// One direction of a [`Codec`].
#[derive(Debug)]
pub(crate) struct Half<T>(PhantomData<fn(T) -> T>);

impl<T: Message + Complete> Encoder for Half<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buf: &mut EncodeBuf<'_>) -> Result<(), Status> {
        if let Some(field) = item.missing() {
            return Err(not_set("while marshaling", field));
        }
        item.encode(buf).map_err(|error| Status::internal(format!("grpc: error while marshaling: {error}")))
    }
}

impl<T: Message + Complete + Default> Decoder for Half<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        let item = T::decode(buf.take(buf.remaining()))
            .map_err(|error| Status::internal(format!("grpc: error unmarshalling request: {error}")))?;
        match item.missing() {
            Some(field) => Err(not_set("unmarshalling request", field)),
            None => Ok(Some(item)),
        }
    }
}
