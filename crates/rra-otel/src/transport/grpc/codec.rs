//! Messages for gRPC: requests are bytes already, and of an answer only its number is read.

use bytes::{Buf, BufMut, Bytes};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

use crate::transport::rejected;

/// Requests to export spans, and how many of them were rejected.
pub(super) struct Exports;

impl Codec for Exports {
    type Encode = Bytes;
    type Decode = u64;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Exports {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, request: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(request);
        Ok(())
    }
}

impl Decoder for Exports {
    type Item = u64;
    type Error = Status;

    fn decode(&mut self, answer: &mut DecodeBuf<'_>) -> Result<Option<u64>, Status> {
        let bytes = answer.copy_to_bytes(answer.remaining());
        Ok(Some(rejected(&bytes)))
    }
}
