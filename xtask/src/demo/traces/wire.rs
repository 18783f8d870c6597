//! Finds trace ids in an OTLP trace request by walking the protobuf wire format
//! (protobuf.dev, "Encoding"). Pure; knows four field numbers and nothing else of the schema.

/// `ExportTraceServiceRequest.resource_spans`.
const RESOURCE_SPANS: u64 = 1;
/// `ResourceSpans.scope_spans`.
const SCOPE_SPANS: u64 = 2;
/// `ScopeSpans.spans`.
const SPANS: u64 = 2;
/// `Span.trace_id`.
const TRACE_ID: u64 = 1;

/// The trace id of every span in a request; `None` when the bytes are no such message.
pub(super) fn trace_ids(request: &[u8]) -> Option<Vec<&[u8]>> {
    let mut ids = Vec::new();
    for resource in messages(request, RESOURCE_SPANS)? {
        for scope in messages(resource, SCOPE_SPANS)? {
            for span in messages(scope, SPANS)? {
                ids.push(messages(span, TRACE_ID)?.into_iter().next()?);
            }
        }
    }
    Some(ids)
}

/// The contents of every length-delimited field with this number.
fn messages(mut bytes: &[u8], wanted: u64) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        match tag & 7 {
            0 => {
                varint(&mut bytes)?;
            }
            1 => {
                take(&mut bytes, 8)?;
            }
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let content = take(&mut bytes, length)?;
                if tag >> 3 == wanted {
                    found.push(content);
                }
            }
            5 => {
                take(&mut bytes, 4)?;
            }
            _ => return None,
        }
    }
    Some(found)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, tail) = bytes.split_at_checked(count)?;
    *bytes = tail;
    Some(head)
}

/// Seven bits to a byte, lowest first, at most ten bytes.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A length-delimited field.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("a short message");
        [&[number << 3 | 2, length], content].concat()
    }

    fn span(trace: u8) -> Vec<u8> {
        // A trace id, a name, and a fixed64 start time as a real span has them.
        let time = [&[7 << 3 | 1][..], &[0; 8]].concat();
        [field(1, &[trace; 16]), field(5, b"GET /"), time].concat()
    }

    fn request(spans: &[Vec<u8>]) -> Vec<u8> {
        let spans: Vec<u8> = spans.iter().flat_map(|span| field(2, span)).collect();
        let resource = field(1, b"");
        field(1, &[resource, field(2, &spans)].concat())
    }

    #[test]
    fn every_span_gives_its_trace_id() {
        let bytes = request(&[span(7), span(9)]);
        let ids = trace_ids(&bytes).expect("a request");
        assert_eq!(ids, [[7; 16], [9; 16]]);
    }

    #[test]
    fn an_empty_request_has_no_spans() {
        assert_eq!(trace_ids(b""), Some(Vec::new()));
    }

    #[test]
    fn a_torn_request_is_refused() {
        let bytes = request(&[span(7)]);
        assert_eq!(trace_ids(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn other_bytes_are_refused() {
        assert_eq!(trace_ids(b"GET / HTTP/1.1"), None);
    }

    #[test]
    fn a_number_without_end_is_refused() {
        assert_eq!(trace_ids(&[0xff; 12]), None);
    }
}
